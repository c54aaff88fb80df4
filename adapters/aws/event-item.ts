import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { RETENTION } from '../../contract/limits.ts';
import { EVENT_LIST_SHARDS, INDEXES, KEYS } from '../../contract/tables.ts';
import type { EventRecord } from '../../core/event.ts';
import { eventPosition, type ListedEvent } from '../../core/manage/event-reads.ts';
import { shardOf } from '../../core/shard.ts';
import { expiry, fromItem, type Item, toItem } from './item.ts';

/**
 * Data longer than this is stored compressed: DynamoDB bills each KiB written, and the rest of a record takes half of
 * the first one.
 */
const PLAIN_BYTES = 384;

/** What a list shows of an event record; also what `by-time` projects. */
export const LISTED = [
  'tenant',
  'id',
  'type',
  'subject',
  'time',
  'acceptedAt',
  'metadata',
  'matched',
  'shards',
] as const satisfies readonly (keyof ListedEvent)[];

const deflated = promisify(gzip);
const inflated = promisify(gunzip);

/** The partition an event's claim and record live in. */
export function eventPartition(tenant: string, id: string): string {
  return `E#${tenant}#${id}`;
}

/** The key of an event's record. */
export function recordKey(tenant: string, id: string): Item {
  return { [KEYS.partition]: { S: eventPartition(tenant, id) }, [KEYS.sort]: { S: 'EVENT' } };
}

/** The key of the claim of an event id. */
export function claimKey(tenant: string, id: string): Item {
  return { [KEYS.partition]: { S: eventPartition(tenant, id) }, [KEYS.sort]: { S: 'CLAIM' } };
}

/** One partition of a tenant's list of events. */
export function listPartition(tenant: string, shard: number): string {
  return `${tenant}#${shard}`;
}

/** An event record as stored; see `docs/tables.md`. */
export async function toEventItem({ data, ...record }: EventRecord): Promise<Item> {
  return {
    ...recordKey(record.tenant, record.id),
    ...toItem({
      ...record,
      ...(await storedData(data)),
      [INDEXES.eventsByTime.partition]: listPartition(record.tenant, shardOf(record.id, EVENT_LIST_SHARDS)),
      [INDEXES.eventsByTime.sort]: eventPosition(record),
      [KEYS.expiresAt]: expiry(record.acceptedAt, RETENTION.recordSeconds),
    }),
  };
}

/** Reads a record back, data included. */
export async function fromEventItem(item: Item): Promise<EventRecord> {
  const { requestId, trace, ...values } = fromItem<EventRecord>(item);
  const record = { ...listed(values), requestId, data: await dataOfItem(item) };
  return trace === undefined ? record : { ...record, trace };
}

/** Reads a record without its data. */
export function fromListedItem(item: Item): ListedEvent {
  return listed(fromItem<ListedEvent>(item));
}

/** The data of a stored record, as it was. */
export async function dataOfItem(item: Item): Promise<string> {
  if (item.dataGz?.B) return (await inflated(item.dataGz.B)).toString('utf8');
  return item.data?.S ?? '';
}

function listed(values: ListedEvent): ListedEvent {
  const { tenant, id, type, subject, time, acceptedAt, metadata, matched, shards } = values;
  return { tenant, id, type, subject, time, acceptedAt, metadata, matched, shards };
}

async function storedData(data: string): Promise<{ data: string } | { dataGz: Uint8Array }> {
  const plainBytes = Buffer.byteLength(data);
  if (plainBytes <= PLAIN_BYTES) return { data };
  const dataGz = await deflated(data);
  return dataGz.length < plainBytes ? { dataGz } : { data };
}
