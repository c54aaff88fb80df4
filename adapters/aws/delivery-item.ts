import { RETENTION } from '../../contract/limits.ts';
import { INDEXES, KEYS } from '../../contract/tables.ts';
import type { AttemptResult, DeliveryKey, DeliveryRow, EventKey, Timings } from '../../core/delivery.ts';
import { rowKey } from '../../core/delivery-rows.ts';
import { shardOf } from '../../core/shard.ts';
import { expiry, fromItem, type Item, isExpired, toItem } from './item.ts';

/** A log row as stored; see `docs/tables.md`. Null members are left out. */
interface StoredRow
  extends Omit<DeliveryRow, 'result' | 'status' | 'reason' | 'nextAttemptAt' | 'request' | 'attempt'>,
    Partial<Omit<AttemptResult, 'status' | 'timings'>> {
  /** Of a row that sent something: the number of its request. The attempt, which is seldom another, is in the key. */
  readonly attempt: number;
  readonly httpStatus?: number;
  /** The phases in their order with commas between: a kept connection has `,,,180,1`. Text is smaller than a list. */
  readonly timings?: string;
  readonly status?: Exclude<DeliveryRow['status'], null>;
  readonly reason?: string;
  readonly nextAttemptAt?: number;
}

/** What lists need of a row or a packed item: all but response body and timings, and `ttl`, by which readers judge. */
const LISTED = [
  ...[KEYS.sort, 'rows'],
  ...['tenant', 'event', 'eventType', 'subscription', 'delivery', 'shards', 'createdAt'],
  ...['attempt', 'run', 'trigger', 'at', 'status', 'reason', 'nextAttemptAt'],
  ...['url', 'durationMs', 'httpStatus', 'error', 'errorDetail', 'responseTruncated'],
  KEYS.expiresAt,
];

/** Has a query answer `LISTED` only; by placeholder, because many of these words are reserved. */
export const LISTED_ATTRIBUTES = {
  ProjectionExpression: LISTED.map((name) => `#${name}`).join(', '),
  ExpressionAttributeNames: Object.fromEntries(LISTED.map((name) => [`#${name}`, name])),
};

/** One of the partitions that an event's rows are spread over. */
export function deliveryPartition(event: EventKey, shard: number): string {
  return `E#${event.tenant}#${event.event}#${shard}`;
}

/** The partition of one delivery's rows. */
export function partitionOf(delivery: DeliveryKey): string {
  return deliveryPartition(delivery, shardOf(delivery.delivery, delivery.shards));
}

/** The partition of a subscription's rows in `by-subscription`. */
export function subscriptionPartition(tenant: string, subscription: string): string {
  return `${tenant}#${subscription}`;
}

/** Whether a row's time is up. `by-subscription` has no room for `ttl`, but holds what it was made from. */
export function isExpiredRow(item: Item, now: number): boolean {
  if (item[KEYS.expiresAt] !== undefined) return isExpired(item, now);
  return expiry(Number(item.at?.N), RETENTION.recordSeconds) * 1000 <= now;
}

/** A log row as an item. */
export function toDeliveryItem(row: DeliveryRow): Item {
  const { result, status, reason, nextAttemptAt, request, ...identity } = row;
  const sort = rowKey(row);
  return toItem({
    [KEYS.partition]: partitionOf(row),
    [KEYS.sort]: sort,
    [INDEXES.deliveriesBySubscription.partition]: subscriptionPartition(row.tenant, row.subscription),
    [INDEXES.deliveriesBySubscription.sort]: sort,
    // From the last write, not from the event: a delivery's history must outlive its longest schedule.
    [KEYS.expiresAt]: expiry(row.at, RETENTION.recordSeconds),
    ...identity,
    attempt: request ?? row.attempt,
    ...(result === null ? {} : storedResult(result)),
    status: status ?? undefined,
    reason: reason ?? undefined,
    nextAttemptAt: nextAttemptAt ?? undefined,
  });
}

function storedResult(result: AttemptResult): object {
  return {
    url: result.url,
    durationMs: result.durationMs,
    timings: result.timings === null ? undefined : timingsText(result.timings),
    httpStatus: result.status ?? undefined,
    error: result.error ?? undefined,
    errorDetail: result.errorDetail ?? undefined,
    responseBody: result.responseBody ?? undefined,
    responseTruncated: result.responseTruncated,
  };
}

function timingsText({ dnsMs, connectMs, tlsMs, firstByteMs, readMs }: Timings): string {
  return [dnsMs, connectMs, tlsMs, firstByteMs, readMs].join();
}

/** Reads a row back. A row from the index has no response body and no timings. */
export function fromDeliveryItem(item: Item): DeliveryRow {
  const row = fromItem<StoredRow & { readonly sk: string }>(item);
  return {
    tenant: row.tenant,
    event: row.event,
    eventType: row.eventType,
    subscription: row.subscription,
    delivery: row.delivery,
    shards: row.shards,
    createdAt: row.createdAt,
    attempt: attemptOf(row),
    run: row.run,
    trigger: row.trigger,
    at: row.at,
    request: row.url === undefined ? null : row.attempt,
    result: row.url === undefined ? null : readResult(row, row.url),
    status: row.status ?? null,
    reason: row.reason ?? null,
    nextAttemptAt: row.nextAttemptAt ?? null,
  };
}

/** The part of a row's key behind the delivery. */
function attemptOf({ sk, delivery }: { readonly sk: string; readonly delivery: string }): number {
  return Number(sk.slice(delivery.length + 1).split('#', 1)[0]);
}

function readResult(row: StoredRow, url: string): AttemptResult {
  return {
    url,
    durationMs: row.durationMs ?? 0,
    timings: row.timings === undefined ? null : readTimings(row.timings),
    status: row.httpStatus ?? null,
    error: row.error ?? null,
    errorDetail: row.errorDetail ?? null,
    responseBody: row.responseBody ?? null,
    responseTruncated: row.responseTruncated ?? false,
  };
}

function readTimings(text: string): Timings {
  const [dnsMs = null, connectMs = null, tlsMs = null, firstByteMs = null, readMs = null] = text
    .split(',')
    .map((ms) => (ms === '' ? null : Number(ms)));
  return { dnsMs, connectMs, tlsMs, firstByteMs, readMs };
}
