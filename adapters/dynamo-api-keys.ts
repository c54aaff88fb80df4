import {
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { KEYS } from '../contract/tables.ts';
import type { KeyDirectory, KeyRecord } from '../core/auth/ports.ts';
import type { KeyStore } from '../core/manage/key-store.ts';
import { fromItem, type Item, toItem } from './aws/item.ts';
import { transact } from './aws/transact.ts';

/** Partition of the items that lists are made from. */
const LIST = 'KEYS';

/** API keys in the subscriptions table: one item by hash, one for lists, written and removed together. */
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

  async create(record: KeyRecord): Promise<void> {
    const ttl = record.expiresAt === null ? undefined : Math.ceil(record.expiresAt / 1000);
    const put = (key: Item) => ({
      Put: {
        TableName: this.#table,
        Item: { ...key, ...toItem({ ...record, [KEYS.expiresAt]: ttl }) },
        ConditionExpression: `attribute_not_exists(${KEYS.partition})`,
      },
    });
    const taken = await transact(this.#client, [put(hashKey(record.hash)), put(listKey(record.id))]);
    // 80 or 256 random bits met twice: the randomness is broken.
    if (taken.length > 0) throw new Error('a new API key is already on record');
  }

  async remove(record: KeyRecord): Promise<void> {
    const remove = (key: Item) => ({ Delete: { TableName: this.#table, Key: key } });
    await transact(this.#client, [remove(hashKey(record.hash)), remove(listKey(record.id))]);
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

function recordOf(item: Item): KeyRecord {
  const { id, name, hash, scopes, tenant, createdAt, expiresAt } = fromItem<KeyRecord>(item);
  return { id, name, hash, scopes, tenant, createdAt, expiresAt };
}
