import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { KEYS } from '../../contract/tables.ts';

/** An item as DynamoDB's API writes it. */
export type Item = Record<string, AttributeValue>;

/**
 * Plain values to an item; members that are `undefined` are left out. Empty texts and null are kept. The SDK takes an object
 * with a member named `constructor` for an instance of some class, of which it is told to take the members all the same.
 */
export function toItem(values: object): Item {
  return marshall(values, { removeUndefinedValues: true, convertClassInstanceToMap: true });
}

/** An item to plain values. The caller answers for the type, because it wrote the item. */
export function fromItem<T>(item: Item): T {
  return unmarshall(item) as T;
}

/** The `ttl` attribute of something kept for `seconds` from `from` (epoch milliseconds). */
export function expiry(from: number, seconds: number): number {
  return Math.floor(from / 1000) + seconds;
}

/**
 * Whether an item's time is up at `now` (epoch milliseconds). DynamoDB deletes expired items up to days late, so
 * readers look themselves. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
export function isExpired(item: Item, now: number): boolean {
  const ttl = item[KEYS.expiresAt]?.N;
  return ttl !== undefined && Number(ttl) * 1000 <= now;
}
