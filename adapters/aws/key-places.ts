import { KEYS } from '../../contract/tables.ts';
import type { KeyRecord } from '../../core/auth/ports.ts';
import { fromItem, type Item } from './item.ts';
import { tenantPartition } from './subscription-item.ts';

/** A key, or a portal session, which is one that is in no list. */
export type KeyKind = 'key' | 'session';

/** Partition of the items that lists are made from. */
export const KEY_LIST = 'KEYS';
/** Begins the sort keys among those of the tenant. */
export const KEY_PREFIX: Readonly<Record<KeyKind, string>> = { key: 'KEY#', session: 'SESSION#' };

/** Where whoever sends a key is looked up. */
export function hashKey(hash: string): Item {
  return { [KEYS.partition]: { S: `KEY#${hash}` }, [KEYS.sort]: { S: 'KEY' } };
}

/** Where a key is listed and found by id. */
export function listKey(id: string): Item {
  return { [KEYS.partition]: { S: KEY_LIST }, [KEYS.sort]: { S: id } };
}

/** Where a portal session is found by id. */
export function sessionKey(id: string): Item {
  return { [KEYS.partition]: { S: `${KEY_PREFIX.session}${id}` }, [KEYS.sort]: { S: 'KEY' } };
}

/** Among those of its tenant, or of no tenant, where it is counted. */
export function ownKey(record: KeyRecord, kind: KeyKind): Item {
  return {
    [KEYS.partition]: { S: ownerPartition(record) },
    [KEYS.sort]: { S: `${KEY_PREFIX[kind]}${record.id}` },
  };
}

/** The partition of the tenant that a key is counted for. No tenant has an empty name. */
export function ownerPartition({ tenant }: KeyRecord): string {
  return tenantPartition(tenant ?? '');
}

/** The partition of what was made with the key of this hash. */
export function madePartition(hash: string): string {
  return `MADE#${hash}`;
}

/** Among those made with the same key; nowhere for what the first admin key made, which is never deleted. */
export function madeKeys({ id, madeBy }: KeyRecord): readonly Item[] {
  const maker = madeBy.at(-1);
  if (maker === undefined) return [];
  return [{ [KEYS.partition]: { S: madePartition(maker) }, [KEYS.sort]: { S: id } }];
}

/** Wherever a key or portal session may be. */
export function placesOf(record: KeyRecord): readonly Item[] {
  return [
    hashKey(record.hash),
    listKey(record.id),
    sessionKey(record.id),
    ownKey(record, 'key'),
    ownKey(record, 'session'),
    ...madeKeys(record),
  ];
}

/** The key of a stored item. One from before makers were kept has none. */
export function keyRecordOf(item: Item): KeyRecord {
  const {
    id,
    name,
    hash,
    scopes,
    tenant,
    madeBy = [],
    createdAt,
    expiresAt,
  } = fromItem<Omit<KeyRecord, 'madeBy'> & Partial<Pick<KeyRecord, 'madeBy'>>>(item);
  return { id, name, hash, scopes, tenant, madeBy, createdAt, expiresAt };
}
