import {
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  type QueryCommandInput,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { INDEXES, KEYS } from '../contract/tables.ts';
import type { SubscriptionReader, SubscriptionSwitch } from '../core/dispatch/ports.ts';
import type { SubscriptionStore } from '../core/manage/subscription-store.ts';
import type { TenantRecord } from '../core/manage/tenant-store.ts';
import type { Sealer } from '../core/sealer.ts';
import type { Subscription } from '../core/subscription.ts';
import { batchGet } from './aws/batch-get.ts';
import { fromItem, type Item, toItem } from './aws/item.ts';
import {
  fromSubscriptionItem,
  subscriptionKey,
  tenantKey,
  tenantPartition,
  toSubscriptionItem,
  versionKey,
} from './aws/subscription-item.ts';
import { transact } from './aws/transact.ts';

/** Whole subscriptions in the subscriptions table, secrets sealed; see `docs/tables.md`. */
export class DynamoSubscriptions implements SubscriptionStore, SubscriptionReader, SubscriptionSwitch {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #sealer: Sealer;

  constructor(client: DynamoDBClient, table: string, sealer: Sealer) {
    this.#client = client;
    this.#table = table;
    this.#sealer = sealer;
  }

  async get(tenant: string, id: string): Promise<Subscription | null> {
    const Key = subscriptionKey(tenant, id);
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key, ConsistentRead: true }),
    );
    return Item === undefined ? null : fromSubscriptionItem(Item, this.#sealer);
  }

  async create(subscription: Subscription): Promise<boolean> {
    const Item = await toSubscriptionItem(subscription, this.#sealer);
    const ConditionExpression = `attribute_not_exists(${KEYS.partition})`;
    return this.#write(subscription.tenant, { Put: { TableName: this.#table, Item, ConditionExpression } });
  }

  async replace(subscription: Subscription): Promise<boolean> {
    const Item = await toSubscriptionItem(subscription, this.#sealer);
    return this.#write(subscription.tenant, {
      Put: {
        TableName: this.#table,
        Item,
        ConditionExpression: 'revision = :before',
        ExpressionAttributeValues: toItem({ ':before': subscription.revision - 1 }),
      },
    });
  }

  async remove(tenant: string, id: string): Promise<boolean> {
    const ConditionExpression = `attribute_exists(${KEYS.partition})`;
    const Key = subscriptionKey(tenant, id);
    return this.#write(tenant, { Delete: { TableName: this.#table, Key, ConditionExpression } });
  }

  async *newestFirst(tenant: string, after: string | null): AsyncIterable<readonly Subscription[]> {
    const { name, partition, sort } = INDEXES.subscriptionsByCreation;
    const pages = this.#query({
      IndexName: name,
      KeyConditionExpression: `${partition} = :tenant${after === null ? '' : ` AND ${sort} < :after`}`,
      ExpressionAttributeValues: toItem({ ':tenant': tenantPartition(tenant), ':after': after ?? undefined }),
      ScanIndexForward: false,
    });
    for await (const items of pages) {
      yield await Promise.all(items.map((item) => fromSubscriptionItem(item, this.#sealer)));
    }
  }

  /**
   * Dispatch may trust a copy for seconds, so it may be read at half the price. One that seems to be missing is looked
   * for again, consistently: that it is gone would cancel its deliveries, and it may be new.
   */
  async load(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, Subscription>> {
    const found = await this.#loadSome(tenant, ids, false);
    const missing = ids.filter((id) => !found.has(id));
    if (missing.length === 0) return found;
    return new Map([...found, ...(await this.#loadSome(tenant, missing, true))]);
  }

  async #loadSome(
    tenant: string,
    ids: readonly string[],
    consistent: boolean,
  ): Promise<ReadonlyMap<string, Subscription>> {
    const keys = [...ids.map((id) => subscriptionKey(tenant, id)), tenantKey(tenant)];
    const items = await batchGet(this.#client, this.#table, keys, { consistent });
    const isTenant = (item: Item): boolean => item[KEYS.sort]?.S === tenantKey(tenant)[KEYS.sort]?.S;
    const schedule = scheduleOf(items.find(isTenant));
    const rows = items.filter((item) => !isTenant(item));
    const found = await Promise.all(rows.map((item) => fromSubscriptionItem(item, this.#sealer)));
    return new Map(found.map((one) => [one.id, { ...one, retrySchedule: one.retrySchedule ?? schedule }]));
  }

  async *#query(query: Omit<QueryCommandInput, 'TableName'>): AsyncIterable<readonly Item[]> {
    const pages = paginateQuery(
      { client: this.#client },
      { ...query, TableName: this.#table, ConsistentRead: true },
    );
    for await (const { Items = [] } of pages) if (Items.length > 0) yield Items;
  }

  async disable(tenant: string, id: string, reason: string, now: number): Promise<boolean> {
    return this.#write(tenant, {
      Update: {
        TableName: this.#table,
        Key: subscriptionKey(tenant, id),
        UpdateExpression:
          'SET #status = :disabled, statusReason = :reason, updatedAt = :now ADD revision :one',
        ConditionExpression: '#status = :active',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: toItem({
          ':disabled': 'disabled',
          ':active': 'active',
          ':reason': reason,
          ':now': now,
          ':one': 1,
        }),
      },
    });
  }

  /** One write and the tenant's change version, both or neither. False if the write's condition did not hold. */
  async #write(tenant: string, write: TransactWriteItem): Promise<boolean> {
    const moved: TransactWriteItem = {
      Update: {
        TableName: this.#table,
        Key: versionKey(tenant),
        UpdateExpression: 'ADD n :one',
        ExpressionAttributeValues: toItem({ ':one': 1 }),
      },
    };
    return (await transact(this.#client, [write, moved])).length === 0;
  }
}

/** What a tenant's record says about retries. */
function scheduleOf(tenant: Item | undefined): readonly number[] | null {
  return tenant === undefined ? null : fromItem<Pick<TenantRecord, 'retrySchedule'>>(tenant).retrySchedule;
}
