import {
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { KEYS } from '../contract/tables.ts';
import type { KeyDirectory, KeyRecord } from '../core/auth/ports.ts';
import type { KeyStore } from '../core/manage/key-store.ts';
import { inParallel } from './aws/in-parallel.ts';
import { fromItem, type Item, toItem } from './aws/item.ts';
import { tenantPartition } from './aws/subscription-item.ts';
import { transact } from './aws/transact.ts';

/** Partition of the items that lists are made from. */
const LIST = 'KEYS';
/** Begins the keys of portal sessions. */
const SESSION = 'SESSION#';
/** Sessions removed at once. */
const WIDTH = 20;

/** API keys in the subscriptions table: one item by hash, one by id and for lists; portal sessions are in no list. */
export class DynamoApiKeys implements KeyDirectory, KeyStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  byHash(hash: string): Promise<KeyRecord | null> {
    return this.#read(hashKey(hash));
  }

  async get(id: string): Promise<KeyRecord | null> {
    return (await this.#read(listKey(id))) ?? this.#read(sessionKey(id));
  }

  create(record: KeyRecord): Promise<void> {
    return this.#put(record, [hashKey(record.hash), listKey(record.id)]);
  }

  async remove(record: KeyRecord): Promise<void> {
    const remove = (key: Item) => ({ Delete: { TableName: this.#table, Key: key } });
    const places = [hashKey(record.hash), listKey(record.id), ...sessionPlaces(record)];
    await transact(this.#client, places.map(remove));
  }

  createSession(record: KeyRecord): Promise<void> {
    return this.#put(record, [hashKey(record.hash), ...sessionPlaces(record)]);
  }

  async removeSessions(tenant: string): Promise<number> {
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#table,
        KeyConditionExpression: `${KEYS.partition} = :tenant AND begins_with(${KEYS.sort}, :session)`,
        ExpressionAttributeValues: toItem({ ':tenant': tenantPartition(tenant), ':session': SESSION }),
        ConsistentRead: true,
      },
    );
    let removed = 0;
    for await (const { Items = [] } of pages) {
      const results = await inParallel(Items, WIDTH, (item) => this.remove(recordOf(item)));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
      removed += Items.length;
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

  /** The same item in each place, in all of them or none. */
  async #put(record: KeyRecord, places: readonly Item[]): Promise<void> {
    const ttl = record.expiresAt === null ? undefined : Math.ceil(record.expiresAt / 1000);
    const put = (key: Item) => ({
      Put: {
        TableName: this.#table,
        Item: { ...key, ...toItem({ ...record, [KEYS.expiresAt]: ttl }) },
        ConditionExpression: `attribute_not_exists(${KEYS.partition})`,
      },
    });
    const taken = await transact(this.#client, places.map(put));
    // 80 or 256 random bits met twice: the randomness is broken.
    if (taken.length > 0) throw new Error('a new API key is already on record');
  }

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
  return { [KEYS.partition]: { S: `${SESSION}${id}` }, [KEYS.sort]: { S: 'KEY' } };
}

/** A portal session is found by its id, and among those of its tenant. */
function sessionPlaces({ tenant, id }: KeyRecord): readonly Item[] {
  if (tenant === null) return [];
  const ofTenant = {
    [KEYS.partition]: { S: tenantPartition(tenant) },
    [KEYS.sort]: { S: `${SESSION}${id}` },
  };
  return [sessionKey(id), ofTenant];
}

function recordOf(item: Item): KeyRecord {
  const { id, name, hash, scopes, tenant, createdAt, expiresAt } = fromItem<KeyRecord>(item);
  return { id, name, hash, scopes, tenant, createdAt, expiresAt };
}
