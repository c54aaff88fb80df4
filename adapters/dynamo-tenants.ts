import {
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { KEYS } from '../contract/tables.ts';
import { type TenantRecord, type TenantStore, tenantPosition } from '../core/manage/tenant-store.ts';
import { fromItem, type Item, toItem } from './aws/item.ts';
import { tenantKey } from './aws/subscription-item.ts';
import { transact } from './aws/transact.ts';

/** Partition of the items that lists are made from. */
const LIST = 'TENANTS';

/** Tenants in the subscriptions table: one item beside the tenant's subscriptions, one for lists. */
export class DynamoTenants implements TenantStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async get(id: string): Promise<TenantRecord | null> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: tenantKey(id), ConsistentRead: true }),
    );
    return Item === undefined ? null : recordOf(Item);
  }

  async ensure(record: TenantRecord): Promise<void> {
    // Looked up first: most of the time it is there, and a read costs a fifth of a transaction that fails.
    if ((await this.get(record.id)) !== null) return;
    await this.#putBoth(record, `attribute_not_exists(${KEYS.partition})`);
  }

  async replace(record: TenantRecord): Promise<boolean> {
    return this.#putBoth(record, `attribute_exists(${KEYS.partition})`);
  }

  async remove(record: TenantRecord): Promise<void> {
    const remove = (Key: Item): TransactWriteItem => ({ Delete: { TableName: this.#table, Key } });
    await transact(this.#client, [remove(tenantKey(record.id)), remove(listKey(record))]);
  }

  async *newestFirst(after: string | null): AsyncIterable<readonly TenantRecord[]> {
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#table,
        KeyConditionExpression: `${KEYS.partition} = :list${after === null ? '' : ` AND ${KEYS.sort} < :after`}`,
        ExpressionAttributeValues: toItem({ ':list': LIST, ':after': after ?? undefined }),
        ScanIndexForward: false,
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) if (Items.length > 0) yield Items.map(recordOf);
  }

  /** False if the condition on the tenant's own item does not hold. */
  async #putBoth(record: TenantRecord, condition: string): Promise<boolean> {
    const put = (key: Item): TransactWriteItem => ({
      Put: { TableName: this.#table, Item: { ...key, ...toItem(record) }, ConditionExpression: condition },
    });
    const failed = await transact(this.#client, [put(tenantKey(record.id)), put(listKey(record))]);
    return failed.length === 0;
  }
}

function listKey(record: TenantRecord): Item {
  return { [KEYS.partition]: { S: LIST }, [KEYS.sort]: { S: tenantPosition(record) } };
}

function recordOf(item: Item): TenantRecord {
  const { id, name, metadata, retrySchedule, createdAt } = fromItem<TenantRecord>(item);
  return { id, name, metadata, retrySchedule, createdAt };
}
