import {
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  QueryCommand,
  type QueryCommandOutput,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { DYNAMO, QUOTA, type Quotas } from '../contract/limits.ts';
import { KEYS } from '../contract/tables.ts';
import type { KeyDirectory, KeyRecord } from '../core/auth/ports.ts';
import type { KeyStore, Room } from '../core/manage/key-store.ts';
import { Problem } from '../core/problem.ts';
import { chunksOf } from './aws/chunks.ts';
import { inParallel } from './aws/in-parallel.ts';
import { fromItem, type Item, toItem } from './aws/item.ts';
import { RowCount } from './aws/row-count.ts';
import { tenantPartition } from './aws/subscription-item.ts';
import { transact } from './aws/transact.ts';

/** Partition of the items that lists are made from. */
const LIST = 'KEYS';
type Kind = 'key' | 'session';
/** Begins the sort keys among those of the tenant. */
const PREFIX: Readonly<Record<Kind, string>> = { key: 'KEY#', session: 'SESSION#' };
const QUOTA_OF = { key: 'keysPerTenant', session: 'portalSessionsPerTenant' } as const;
type KeyQuotas = Pick<Quotas, (typeof QUOTA_OF)[Kind]>;
const ROOM: Room = { kind: 'room' };
/** Sessions removed in one transaction, each from five places; and such transactions at once. */
const SESSIONS_AT_ONCE = Math.floor(DYNAMO.maxTransactItems / 5);
const WIDTH = 4;
/** Tries to make a key while the count of others is in question. */
const MAX_TRIES = 5;
/** Clocks of two environments may differ by less than this. */
const CLOCKS_DIFFER_MS = 60_000;

/** API keys in the subscriptions table: one item by hash, one by id and for lists; portal sessions are in no list. */
export class DynamoApiKeys implements KeyDirectory, KeyStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  readonly #quotas: KeyQuotas;
  readonly #counts: Readonly<Record<Kind, RowCount>>;

  constructor(client: DynamoDBClient, table: string, quotas: KeyQuotas = QUOTA) {
    this.#client = client;
    this.#table = table;
    this.#quotas = quotas;
    this.#counts = {
      key: new RowCount(client, table, PREFIX.key),
      session: new RowCount(client, table, PREFIX.session),
    };
  }

  byHash(hash: string): Promise<KeyRecord | null> {
    return this.#read(hashKey(hash));
  }

  async get(id: string): Promise<KeyRecord | null> {
    return (await this.#read(listKey(id))) ?? this.getSession(id);
  }

  getSession(id: string): Promise<KeyRecord | null> {
    return this.#read(sessionKey(id));
  }

  create(record: KeyRecord): Promise<Room> {
    return this.#put(record, [hashKey(record.hash), listKey(record.id)], 'key');
  }

  createSession(record: KeyRecord): Promise<Room> {
    return this.#put(record, [hashKey(record.hash), sessionKey(record.id)], 'session');
  }

  async remove(record: KeyRecord, now: number): Promise<void> {
    // One that has expired is not counted any more; whoever reads the clock a little differently may still do so.
    if (record.expiresAt === null || record.expiresAt > now + CLOCKS_DIFFER_MS) {
      for (const kind of ['key', 'session'] as const) if (await this.#removeCounted(record, kind)) return;
    }
    // Expired, gone in part, or never counted.
    await transact(this.#client, placesOf(record).map(this.#delete));
  }

  async removeSessions(tenant: string): Promise<number> {
    const partition = tenantPartition(tenant);
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#table,
        KeyConditionExpression: `${KEYS.partition} = :tenant AND begins_with(${KEYS.sort}, :session)`,
        ExpressionAttributeValues: toItem({ ':tenant': partition, ':session': PREFIX.session }),
        ConsistentRead: true,
      },
    );
    let removed = 0;
    for await (const { Items = [] } of pages) {
      const chunks = chunksOf(Items.map(recordOf), SESSIONS_AT_ONCE);
      const results = await inParallel(chunks, WIDTH, (some) =>
        transact(this.#client, some.flatMap(placesOf).map(this.#delete)),
      );
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
      removed += Items.length;
    }
    if (removed > 0) await this.#counts.session.forget(partition);
    return removed;
  }

  async *newestFirst(after: string | null): AsyncGenerator<readonly KeyRecord[]> {
    let start = after === null ? undefined : listKey(after);
    do {
      const page: QueryCommandOutput = await this.#client.send(
        new QueryCommand({
          TableName: this.#table,
          KeyConditionExpression: `${KEYS.partition} = :list`,
          ExpressionAttributeValues: { ':list': { S: LIST } },
          ScanIndexForward: false,
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      yield (page.Items ?? []).map(recordOf);
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }

  /** The same item in each place, in all of them or none, and counted. */
  async #put(record: KeyRecord, places: readonly Item[], kind: Kind): Promise<Room> {
    const ttl = record.expiresAt === null ? undefined : Math.ceil(record.expiresAt / 1000);
    const put = (key: Item) => ({
      Put: {
        TableName: this.#table,
        Item: { ...key, ...toItem({ ...record, [KEYS.expiresAt]: ttl }) },
        ConditionExpression: `attribute_not_exists(${KEYS.partition})`,
      },
    });
    const partition = ownerPartition(record);
    const most = this.#quotas[QUOTA_OF[kind]];
    const writes = [this.#counts[kind].more(partition, most), ...[...places, ownKey(record, kind)].map(put)];
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const failed = await transact(this.#client, writes);
      if (failed.length === 0) return ROOM;
      // 80 or 256 random bits met twice: the randomness is broken.
      if (failed.some((at) => at > 0)) throw new Error('a new API key is already on record');
      const room = await this.#counts[kind].room(partition, most, record.createdAt);
      if (room.kind === 'full') return room;
    }
    throw new Problem('unavailable', 'Too many keys are made at once. Try again.', [], {
      'retry-after': '1',
    });
  }

  /** False if it is not there, or not counted. */
  async #removeCounted(record: KeyRecord, kind: Kind): Promise<boolean> {
    const own = {
      Delete: {
        TableName: this.#table,
        Key: ownKey(record, kind),
        ConditionExpression: `attribute_exists(${KEYS.partition})`,
      },
    };
    const others = [hashKey(record.hash), kind === 'key' ? listKey(record.id) : sessionKey(record.id)];
    const failed = await transact(this.#client, [
      own,
      this.#counts[kind].fewer(ownerPartition(record)),
      ...others.map(this.#delete),
    ]);
    return failed.length === 0;
  }

  readonly #delete = (Key: Item): TransactWriteItem => ({ Delete: { TableName: this.#table, Key } });

  async #read(key: Item): Promise<KeyRecord | null> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: key, ConsistentRead: true }),
    );
    return Item === undefined ? null : recordOf(Item);
  }
}

function hashKey(hash: string): Item {
  return { [KEYS.partition]: { S: `KEY#${hash}` }, [KEYS.sort]: { S: 'KEY' } };
}

function listKey(id: string): Item {
  return { [KEYS.partition]: { S: LIST }, [KEYS.sort]: { S: id } };
}

function sessionKey(id: string): Item {
  return { [KEYS.partition]: { S: `${PREFIX.session}${id}` }, [KEYS.sort]: { S: 'KEY' } };
}

/** Among those of its tenant, or of no tenant, where it is counted. */
function ownKey(record: KeyRecord, kind: Kind): Item {
  return {
    [KEYS.partition]: { S: ownerPartition(record) },
    [KEYS.sort]: { S: `${PREFIX[kind]}${record.id}` },
  };
}

/** No tenant has an empty name. */
function ownerPartition({ tenant }: KeyRecord): string {
  return tenantPartition(tenant ?? '');
}

/** Wherever a key or portal session may be. */
function placesOf(record: KeyRecord): readonly Item[] {
  return [
    hashKey(record.hash),
    listKey(record.id),
    sessionKey(record.id),
    ownKey(record, 'key'),
    ownKey(record, 'session'),
  ];
}

function recordOf(item: Item): KeyRecord {
  const { id, name, hash, scopes, tenant, createdAt, expiresAt } = fromItem<KeyRecord>(item);
  return { id, name, hash, scopes, tenant, createdAt, expiresAt };
}
