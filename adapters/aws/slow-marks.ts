import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { type Item, toItem } from './item.ts';
import { versionKey } from './subscription-item.ts';

/** How the attributes of a tenant's change version begin that say until when a subscription is slow. */
const SLOW = 'slow#';
/**
 * Bytes that all marks of a tenant may take. The item is read, consistently, for every batch of events; up to 4 KB that
 * is one read unit. Room for 24 of the longest ids, or some 80 of those made here.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
const MAX_BYTES = 3_500;
/** A mark that ends no more than this before the one wanted was made a moment ago. */
const LATELY_MS = 30_000;
/** An epoch in milliseconds as DynamoDB counts it. */
const NUMBER_BYTES = 9;

/** What a tenant's change version says of slow subscriptions: until when each is, by id. */
export function slowMarksOf(version: Item | undefined): ReadonlyMap<string, number> {
  const marks = new Map<string, number>();
  for (const [name, value] of Object.entries(version ?? {}))
    if (name.startsWith(SLOW)) marks.set(name.slice(SLOW.length), Number(value.N ?? 0));
  return marks;
}

/** Whether somebody marked a subscription as slow a moment ago. */
export function markedLately(marks: ReadonlyMap<string, number>, id: string, until: number): boolean {
  return (marks.get(id) ?? 0) >= until - LATELY_MS;
}

/**
 * The part of a transaction that marks as many of the subscriptions as there is room for, and drops marks whose time is
 * over; it fails if somebody else marked since `version` was read. Null: there is no room.
 */
export function marking(
  table: string,
  {
    tenant,
    ids,
    until,
    now,
  }: {
    readonly tenant: string;
    readonly ids: readonly string[];
    readonly until: number;
    readonly now: number;
  },
  version: Item | undefined,
): TransactWriteItem | null {
  const marks = [...slowMarksOf(version)];
  const over = marks.filter(([, end]) => end <= now).map(([id]) => id);
  const others = marks.filter(([id, end]) => end > now && !ids.includes(id)).map(([id]) => id);
  let room = MAX_BYTES - others.reduce((sum, id) => sum + bytesOf(id), 0);
  const marked = ids.filter((id) => {
    room -= bytesOf(id);
    return room >= 0;
  });
  if (marked.length === 0) return null;
  const dropped = over.filter((id) => !marked.includes(id));
  const before = version?.marks;
  return {
    Update: {
      TableName: table,
      Key: versionKey(tenant),
      UpdateExpression: `SET marks = :marks, ${marked.map((_, i) => `#m${i} = :until`).join(', ')}${
        dropped.length === 0 ? '' : ` REMOVE ${dropped.map((_, i) => `#d${i}`).join(', ')}`
      }`,
      ConditionExpression: before === undefined ? 'attribute_not_exists(marks)' : 'marks = :before',
      ExpressionAttributeNames: Object.fromEntries([
        ...marked.map((id, i) => [`#m${i}`, SLOW + id] as const),
        ...dropped.map((id, i) => [`#d${i}`, SLOW + id] as const),
      ]),
      ExpressionAttributeValues: {
        ...toItem({ ':until': until, ':marks': Number(before?.N ?? 0) + 1 }),
        ...(before === undefined ? {} : { ':before': before }),
      },
    },
  };
}

/** Takes a subscription's mark away, if it has one. */
export function unmarking(
  table: string,
  tenant: string,
  id: string,
): NonNullable<TransactWriteItem['Update']> {
  return {
    TableName: table,
    Key: versionKey(tenant),
    UpdateExpression: 'REMOVE #slow',
    ConditionExpression: 'attribute_exists(#slow)',
    ExpressionAttributeNames: { '#slow': SLOW + id },
  };
}

/** The attribute that holds a subscription's mark. */
export function markOf(id: string): string {
  return SLOW + id;
}

function bytesOf(id: string): number {
  return SLOW.length + id.length + NUMBER_BYTES;
}
