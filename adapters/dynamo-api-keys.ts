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
import type { KeyMade, KeyStore } from '../core/manage/key-store.ts';
import { Problem } from '../core/problem.ts';
import { batchGet } from './aws/batch-get.ts';
import { chunksOf } from './aws/chunks.ts';
import { type Item, toItem } from './aws/item.ts';
import {
  hashKey,
  KEY_LIST,
  KEY_PREFIX,
  type KeyKind,
  keyRecordOf,
  listKey,
  madeKeys,
  madePartition,
  ownerPartition,
  ownKey,
  placesOf,
  sessionKey,
} from './aws/key-places.ts';
import { RowCount } from './aws/row-count.ts';
import { tenantPartition } from './aws/subscription-item.ts';
import { transact } from './aws/transact.ts';

const QUOTA_OF = { key: 'keysPerTenant', session: 'portalSessionsPerTenant' } as const;
type KeyQuotas = Pick<Quotas, (typeof QUOTA_OF)[KeyKind]>;
const ROOM: KeyMade = { kind: 'room' };
/** Keys removed in one transaction: each from six places, and from two counts. */
const REMOVED_AT_ONCE = Math.floor(DYNAMO.maxTransactItems / 8);
/** Tries to make a key while the count of others is in question. */
const MAX_TRIES = 5;
/** Clocks of two environments may differ by less than this. */
const CLOCKS_DIFFER_MS = 60_000;

/** API keys in the subscriptions table: one item by hash, one by id and for lists; portal sessions are in no list. */
export class DynamoApiKeys implements KeyDirectory, KeyStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  readonly #quotas: KeyQuotas;
  readonly #counts: Readonly<Record<KeyKind, RowCount>>;

  constructor(client: DynamoDBClient, table: string, quotas: KeyQuotas = QUOTA) {
    this.#client = client;
    this.#table = table;
    this.#quotas = quotas;
    this.#counts = {
      key: new RowCount(client, table, KEY_PREFIX.key),
      session: new RowCount(client, table, KEY_PREFIX.session),
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

  async areOnRecord(hashes: readonly string[]): Promise<boolean> {
    if (hashes.length === 0) return true;
    const found = await batchGet(this.#client, this.#table, hashes.map(hashKey));
    return found.length === new Set(hashes).size;
  }

  create(record: KeyRecord): Promise<KeyMade> {
    return this.#put(record, [hashKey(record.hash), listKey(record.id)], 'key');
  }

  createSession(record: KeyRecord): Promise<KeyMade> {
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

  async revoke(record: KeyRecord): Promise<void> {
    await transact(this.#client, [this.#delete(hashKey(record.hash))]);
  }

  async removeAll(records: readonly KeyRecord[]): Promise<void> {
    for (const some of chunksOf(records, REMOVED_AT_ONCE)) {
      const owners = [...new Set(some.map(ownerPartition))];
      const forgotten = Object.values(this.#counts).flatMap((count) =>
        owners.map((of) => count.forgotten(of)),
      );
      // One after another: all of them write to the same counts.
      await transact(this.#client, [...some.flatMap(placesOf).map(this.#delete), ...forgotten]);
    }
  }

  madeWith(record: KeyRecord): AsyncGenerator<readonly KeyRecord[]> {
    return this.#pages(madePartition(record.hash), '');
  }

  async removeSessions(tenant: string): Promise<number> {
    let removed = 0;
    for await (const page of this.#pages(tenantPartition(tenant), KEY_PREFIX.session)) {
      await this.removeAll(page);
      removed += page.length;
    }
    return removed;
  }

  async *newestFirst(after: string | null): AsyncGenerator<readonly KeyRecord[]> {
    let start = after === null ? undefined : listKey(after);
    do {
      const page: QueryCommandOutput = await this.#client.send(
        new QueryCommand({
          TableName: this.#table,
          KeyConditionExpression: `${KEYS.partition} = :list`,
          ExpressionAttributeValues: { ':list': { S: KEY_LIST } },
          ScanIndexForward: false,
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      yield (page.Items ?? []).map(keyRecordOf);
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }

  async *#pages(partition: string, prefix: string): AsyncGenerator<readonly KeyRecord[]> {
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#table,
        KeyConditionExpression: `${KEYS.partition} = :partition AND begins_with(${KEYS.sort}, :prefix)`,
        ExpressionAttributeValues: toItem({ ':partition': partition, ':prefix': prefix }),
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) yield Items.map(keyRecordOf);
  }

  /** The same item in each place, in all of them or none, and counted, while all it comes from is there. */
  async #put(record: KeyRecord, places: readonly Item[], kind: KeyKind): Promise<KeyMade> {
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
    const writes = [
      this.#counts[kind].more(partition, most),
      ...[...places, ownKey(record, kind), ...madeKeys(record)].map(put),
    ];
    const makers = record.madeBy.map((hash) => ({
      ConditionCheck: {
        TableName: this.#table,
        Key: hashKey(hash),
        ConditionExpression: `attribute_exists(${KEYS.partition})`,
      },
    }));
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const failed = await transact(this.#client, [...writes, ...makers]);
      if (failed.length === 0) return ROOM;
      if (failed.some((at) => at >= writes.length)) return { kind: 'maker-gone' };
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
  async #removeCounted(record: KeyRecord, kind: KeyKind): Promise<boolean> {
    const own = {
      Delete: {
        TableName: this.#table,
        Key: ownKey(record, kind),
        ConditionExpression: `attribute_exists(${KEYS.partition})`,
      },
    };
    const others = [
      hashKey(record.hash),
      kind === 'key' ? listKey(record.id) : sessionKey(record.id),
      ...madeKeys(record),
    ];
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
    return Item === undefined ? null : keyRecordOf(Item);
  }
}
