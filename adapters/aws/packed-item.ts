import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { DISPATCH, DYNAMO, RETENTION } from '../../contract/limits.ts';
import { FIRST_RUN } from '../../contract/messages.ts';
import { KEYS } from '../../contract/tables.ts';
import type { DeliveryRow, EventKey } from '../../core/delivery.ts';
import { deliveryId } from '../../core/id.ts';
import { partitionOf } from './delivery-item.ts';
import { expiry, fromItem, type Item, toItem } from './item.ts';

/** Begins the sort key of a packed item; sorts before every delivery id. */
export const PACKED_PREFIX = 'PACK#';
/** No honest item unpacks to more, in bytes: 100 results with the longest ids and URLs. */
const MAX_UNPACKED_BYTES = 4 * DYNAMO.maxItemBytes;

/** The rows of one item, column by column, which deflates best. `ats` count from the first `at`. */
interface Columns {
  readonly subscriptions: readonly string[];
  readonly ats: readonly number[];
  /** Of rows that sent something; null for the others, whose `ends` says why. */
  readonly urls: readonly (string | null)[];
  readonly statuses: readonly (number | null)[];
  readonly durations: readonly (number | null)[];
  /** Status and reason of rows that did not succeed, by position. */
  readonly ends: Readonly<Record<string, readonly [DeliveryRow['status'], string | null]>>;
}

/** A packed item as stored. */
interface StoredPack {
  readonly eventType: string;
  readonly createdAt: number;
  /** First `at`. */
  readonly at: number;
  /** `Columns`, as deflated JSON. */
  readonly rows: Uint8Array;
}

/**
 * Uneventful rows as packed items: those of one partition together, up to 100. Each item's key is made from what it
 * holds, so that writing it again changes nothing and no item ever takes the place of another. Response bodies are
 * not kept.
 */
export function toPackedItems(rows: readonly DeliveryRow[]): readonly Item[] {
  const partitions = Map.groupBy(rows, partitionOf);
  return [...partitions].flatMap(([partition, all]) => {
    const sorted = all.toSorted((a, b) => (a.delivery < b.delivery ? -1 : 1));
    const items: Item[] = [];
    for (let at = 0; at < sorted.length; at += DISPATCH.maxTargetsPerMessage) {
      items.push(toPackedItem(partition, sorted.slice(at, at + DISPATCH.maxTargetsPerMessage)));
    }
    return items;
  });
}

function toPackedItem(partition: string, rows: readonly DeliveryRow[]): Item {
  const [first] = rows;
  if (!first) throw new Error('an item packs at least one row');
  const at = Math.min(...rows.map((row) => row.at));
  const columns: Columns = {
    subscriptions: rows.map((row) => row.subscription),
    ats: rows.map((row) => row.at - at),
    urls: rows.map((row) => row.result?.url ?? null),
    statuses: rows.map((row) => row.result?.status ?? null),
    durations: rows.map((row) => row.result?.durationMs ?? null),
    ends: endsOf(rows),
  };
  const text = JSON.stringify(Object.values(columns));
  const stored: StoredPack = {
    eventType: first.eventType,
    createdAt: first.createdAt,
    at,
    rows: deflateRawSync(text),
  };
  return toItem({
    [KEYS.partition]: partition,
    [KEYS.sort]: `${PACKED_PREFIX}${createHash('sha256').update(`${at} ${text}`).digest('base64url').slice(0, 16)}`,
    [KEYS.expiresAt]: expiry(Math.max(...rows.map((row) => row.at)), RETENTION.recordSeconds),
    ...stored,
  });
}

function endsOf(rows: readonly DeliveryRow[]): Columns['ends'] {
  const ends: Record<string, readonly [DeliveryRow['status'], string | null]> = {};
  for (const [i, { status, reason }] of rows.entries())
    if (status !== 'succeeded') ends[i] = [status, reason];
  return ends;
}

/** Whether an item is a packed one. */
export function isPacked(item: Item): boolean {
  return item[KEYS.sort]?.S?.startsWith(PACKED_PREFIX) ?? false;
}

/** The rows an item packs, of all subscriptions or of those in `only`. */
export function fromPackedItem(
  item: Item,
  { tenant, event, shards }: EventKey,
  only?: ReadonlySet<string>,
): readonly DeliveryRow[] {
  const { eventType, createdAt, at, rows } = fromItem<StoredPack>(item);
  const { subscriptions, ats, urls, statuses, durations, ends } = columnsOf(rows);
  return subscriptions.flatMap((subscription, i) => {
    if (only !== undefined && !only.has(subscription)) return [];
    const [status, reason] = ends[i] ?? ['succeeded' as const, null];
    const url = urls[i] ?? null;
    return {
      tenant,
      event,
      eventType,
      subscription,
      delivery: deliveryId({ tenant, id: event, acceptedAt: createdAt }, subscription),
      shards,
      createdAt,
      attempt: 1,
      run: FIRST_RUN,
      trigger: 'schedule' as const,
      at: at + (ats[i] ?? 0),
      request: url === null ? null : 1,
      result:
        url === null
          ? null
          : {
              url,
              durationMs: durations[i] ?? 0,
              timings: null,
              status: statuses[i] ?? null,
              error: null,
              errorDetail: null,
              responseBody: null,
              responseTruncated: false,
            },
      status,
      reason,
      nextAttemptAt: null,
    };
  });
}

/** The subscriptions whose rows an item packs. */
export function packedSubscriptions(item: Item): readonly string[] {
  return columnsOf(fromItem<Pick<StoredPack, 'rows'>>(item).rows).subscriptions;
}

function columnsOf(rows: Uint8Array): Columns {
  const text = inflateRawSync(rows, { maxOutputLength: MAX_UNPACKED_BYTES }).toString('utf8');
  // Written by `toPackedItem` above.
  const [subscriptions, ats, urls, statuses, durations, ends] = JSON.parse(text);
  return { subscriptions, ats, urls, statuses, durations, ends };
}
