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
/** Begins the sort key of a tenant's portal sessions. */
const SESSION = 'SESSION#';
/** Sessions removed at once. */
const WIDTH = 20;

/** API keys in the subscriptions table: one item by hash, one for lists (of a portal session: beside its tenant's). */
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

  get(id: string): Promise<KeyRecord | null> {
    return this.#read(listKey(id));
  }

  create(record: KeyRecord): Promise<void> {
    return this.#put(record, listKey(record.id));
  }

  remove(record: KeyRecord): Promise<void> {
    return this.#remove(record, listKey(record.id));
  }

  createSession(record: KeyRecord & { readonly tenant: string }): Promise<void> {
    return this.#put(record, sessionKey(record.tenant, record.id));
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
      const remove = (item: Item) => {
        const record = recordOf(item);
        return this.#remove(record, sessionKey(tenant, record.id));
      };
      const results = await inParallel(Items, WIDTH, remove);
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

  /** One item by hash and one in the place given, both or neither. */
  async #put(record: KeyRecord, place: Item): Promise<void> {
    const ttl = record.expiresAt === null ? undefined : Math.ceil(record.expiresAt / 1000);
    const put = (key: Item) => ({
      Put: {
        TableName: this.#table,
        Item: { ...key, ...toItem({ ...record, [KEYS.expiresAt]: ttl }) },
        ConditionExpression: `attribute_not_exists(${KEYS.partition})`,
      },
    });
    const taken = await transact(this.#client, [put(hashKey(record.hash)), put(place)]);
    // 80 or 256 random bits met twice: the randomness is broken.
    if (taken.length > 0) throw new Error('a new API key is already on record');
  }

  async #remove(record: KeyRecord, place: Item): Promise<void> {
    const remove = (key: Item) => ({ Delete: { TableName: this.#table, Key: key } });
    await transact(this.#client, [remove(hashKey(record.hash)), remove(place)]);
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

function sessionKey(tenant: string, id: string): Item {
  return { [KEYS.partition]: { S: tenantPartition(tenant) }, [KEYS.sort]: { S: `${SESSION}${id}` } };
}

function recordOf(item: Item): KeyRecord {
  const { id, name, hash, scopes, tenant, createdAt, expiresAt } = fromItem<KeyRecord>(item);
  return { id, name, hash, scopes, tenant, createdAt, expiresAt };
}
