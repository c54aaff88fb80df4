import { RETENTION } from '../../contract/limits.ts';
import type { CloudEventOrigin } from '../../contract/messages.ts';
import { EVENT_LIST_SHARDS, KEYS } from '../../contract/tables.ts';
import type { EventRecord } from '../../core/event.ts';
import { eventPosition, type ListedEvent } from '../../core/manage/event-reads.ts';
import { shardOf } from '../../core/shard.ts';
import { dataOfItem, dataSize, type StoredData, storedData } from './event-data.ts';
import { expiry, fromItem, type Item, toItem } from './item.ts';

/**
 * Data that takes more than this as stored lies beside its record, so that lists, which pay for all they pass over,
 * stay cheap, and the few partitions that hold a tenant's records are not filled with it. It costs one write unit more.
 */
const RECORD_DATA_BYTES = 3 * 1024;

/** What names an event's record. */
export type EventAddress = Pick<EventRecord, 'tenant' | 'id' | 'acceptedAt'>;

/** What a list shows of an event record, as stored. Tenant, id and time are in its key. */
export const LISTED = ['type', 'subject', 'time', 'metadata', 'matched', 'shards', KEYS.expiresAt] as const;

interface Stored extends StoredData {
  readonly type: string;
  readonly requestId: string;
  readonly matched: number;
  /** What most events have none of, or have as their key says, is left out. */
  readonly subject?: string;
  readonly time?: number;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly shards?: number;
  readonly trace?: string;
  readonly tracestate?: string;
  readonly cloudEvent?: CloudEventOrigin;
}

/** One of the partitions that hold a tenant's events. */
export function listPartition(tenant: string, shard: number): string {
  return `T#${tenant}#${shard}`;
}

/** The key of an event's record. */
export function recordKey(event: EventAddress): Item {
  const partition = listPartition(event.tenant, shardOf(event.id, EVENT_LIST_SHARDS));
  return { [KEYS.partition]: { S: partition }, [KEYS.sort]: { S: eventPosition(event) } };
}

/** The key of the claim of an event id. */
export function claimKey(tenant: string, id: string): Item {
  return besideKey(tenant, id, 'CLAIM');
}

/** The key of data that lies beside its record. It is its owner's: a repeat that loses must not write over it. */
export function dataKey({ tenant, id }: EventAddress, requestId: string): Item {
  return besideKey(tenant, id, `DATA#${requestId}`);
}

/** An event record as stored, and its data if that lies beside it; see `docs/tables.md`. */
export async function toEventItems(event: EventRecord): Promise<{ record: Item; data: Item | null }> {
  const { type, requestId, matched, subject, time, acceptedAt, metadata, shards } = event;
  const { trace, tracestate, cloudEvent } = event;
  const data = await storedData(event.data);
  const isBeside = dataSize(data) > RECORD_DATA_BYTES;
  const ttl = { [KEYS.expiresAt]: expiry(acceptedAt, RETENTION.recordSeconds) };
  const stored: Stored = {
    type,
    requestId,
    matched,
    ...(subject === null ? {} : { subject }),
    ...(time === acceptedAt ? {} : { time }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    ...(shards === 1 ? {} : { shards }),
    ...(trace === undefined ? {} : { trace }),
    ...(tracestate === undefined ? {} : { tracestate }),
    ...(cloudEvent === undefined ? {} : { cloudEvent }),
    ...(isBeside ? {} : data),
  };
  return {
    record: { ...recordKey(event), ...toItem({ ...stored, ...ttl }) },
    data: isBeside ? { ...dataKey(event, requestId), ...toItem({ ...data, ...ttl }) } : null,
  };
}

/** Whether a record's data lies beside it. */
export function isDataBeside(item: Item): boolean {
  return !item.data && !item.dataBr;
}

/** Reads a record back; `data` is the item that its data is in. */
export async function fromEventItem(item: Item, data: Item): Promise<EventRecord> {
  const { trace, tracestate, cloudEvent } = fromItem<Stored>(item);
  return {
    ...fromListedItem(item),
    requestId: ownerOf(item),
    data: await dataOfItem(data),
    ...(trace === undefined ? {} : { trace }),
    ...(tracestate === undefined ? {} : { tracestate }),
    ...(cloudEvent === undefined ? {} : { cloudEvent }),
  };
}

/** The request that owns a record. */
export function ownerOf(item: Item): string {
  return item.requestId?.S ?? '';
}

/** Reads a record without its data. */
export function fromListedItem(item: Item): ListedEvent {
  const { type, matched, subject = null, time, metadata = {}, shards = 1 } = fromItem<Stored>(item);
  const address = addressOf(item);
  return { ...address, type, subject, time: time ?? address.acceptedAt, metadata, matched, shards };
}

/** What a record's key says. No part can hold the `#` that parts them. */
export function addressOf(item: Item): EventAddress {
  const [, tenant = ''] = item[KEYS.partition]?.S?.split('#') ?? [];
  const [time, id = ''] = item[KEYS.sort]?.S?.split('#') ?? [];
  return { tenant, id, acceptedAt: Number(time) };
}

function besideKey(tenant: string, id: string, what: string): Item {
  return { [KEYS.partition]: { S: `E#${tenant}#${id}` }, [KEYS.sort]: { S: what } };
}
