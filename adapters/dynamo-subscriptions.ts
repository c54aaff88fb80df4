import {
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  type QueryCommandInput,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { QUOTA, type Quotas } from '../contract/limits.ts';
import { INDEXES, KEYS } from '../contract/tables.ts';
import type { SubscriptionReader } from '../core/dispatch/ports.ts';
import type { NoRoom, SubscriptionStore } from '../core/manage/subscription-store.ts';
import type { TenantRecord } from '../core/manage/tenant-store.ts';
import { originOf } from '../core/origin.ts';
import { Problem } from '../core/problem.ts';
import type { Sealer } from '../core/sealer.ts';
import type { Subscription } from '../core/subscription.ts';
import { batchGet } from './aws/batch-get.ts';
import { fromItem, type Item, toItem } from './aws/item.ts';
import { SubscriptionCounts, versionMoves } from './aws/subscription-counts.ts';
import {
  fromSubscriptionItem,
  healthKey,
  paceKey,
  subscriptionKey,
  tenantKey,
  tenantPartition,
  toSubscriptionItem,
} from './aws/subscription-item.ts';
import { transact } from './aws/transact.ts';

/** What is held of the quotas here. */
type SubscriptionQuotas = Pick<Quotas, 'subscriptionsPerTenant' | 'subscriptionsPerOrigin'>;

/** Tries to write a subscription, or to remove one, against others who write at the same time. */
const MAX_TRIES = 25;

/** Whole subscriptions in the subscriptions table, secrets sealed; see `docs/tables.md`. */
export class DynamoSubscriptions implements SubscriptionStore, SubscriptionReader {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #sealer: Sealer;
  readonly #quotas: SubscriptionQuotas;
  readonly #counts: SubscriptionCounts;

  constructor(client: DynamoDBClient, table: string, sealer: Sealer, quotas: SubscriptionQuotas = QUOTA) {
    this.#client = client;
    this.#table = table;
    this.#sealer = sealer;
    this.#quotas = quotas;
    this.#counts = new SubscriptionCounts(client, table);
  }

  async get(tenant: string, id: string): Promise<Subscription | null> {
    const Key = subscriptionKey(tenant, id);
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key, ConsistentRead: true }),
    );
    return Item === undefined ? null : fromSubscriptionItem(Item, this.#sealer);
  }

  async create(subscription: Subscription): Promise<'created' | 'taken' | NoRoom> {
    const { tenant, url } = subscription;
    const { subscriptionsPerTenant: most, subscriptionsPerOrigin } = this.#quotas;
    const Item = await toSubscriptionItem(subscription, this.#sealer);
    const ConditionExpression = `attribute_not_exists(${KEYS.partition})`;
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const failed = await transact(this.#client, [
        { Put: { TableName: this.#table, Item, ConditionExpression } },
        this.#counts.version(tenant, 1, { most }),
        this.#counts.origin(tenant, url, 1, subscriptionsPerOrigin),
      ]);
      if (failed.length === 0) return 'created';
      if (failed.includes(0)) return 'taken';
      if (!failed.includes(1)) return 'origin-full';
      if ((await this.#counts.held(tenant)) >= most) return 'full';
    }
    throw tooBusy();
  }

  async replace(before: Subscription, after: Subscription): Promise<'replaced' | 'stale' | 'origin-full'> {
    const { tenant, id } = after;
    const put: TransactWriteItem = {
      Put: {
        TableName: this.#table,
        Item: await toSubscriptionItem(after, this.#sealer),
        ConditionExpression: 'revision = :before',
        ExpressionAttributeValues: toItem({ ':before': before.revision }),
      },
    };
    const moved = originOf(before.url) !== originOf(after.url);
    const mended = after.endpointRevision === after.revision;
    const origins = [
      this.#counts.origin(tenant, after.url, 1, this.#quotas.subscriptionsPerOrigin),
      this.#counts.origin(tenant, before.url, -1),
    ];
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const failed = await transact(this.#client, [
        put,
        moved
          ? this.#counts.version(tenant, 0, { unmarked: id })
          : versionMoves(this.#table, tenant, mended ? id : undefined),
        ...(moved ? origins : []),
        ...(mended ? [this.#deleted(healthKey(tenant, id))] : []),
      ]);
      if (failed.length === 0) {
        if (moved) await this.#counts.forgetEmpty(tenant, before.url);
        return 'replaced';
      }
      if (failed.includes(0)) return 'stale';
      if (!failed.includes(1)) return 'origin-full';
      await this.#counts.held(tenant);
    }
    throw tooBusy();
  }

  async remove(tenant: string, id: string): Promise<boolean> {
    const at = { TableName: this.#table, Key: subscriptionKey(tenant, id) };
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const { Item } = await this.#client.send(new GetItemCommand({ ...at, ConsistentRead: true }));
      if (Item === undefined) return false;
      const url = Item.url?.S ?? '';
      const failed = await transact(this.#client, [
        {
          Delete: {
            ...at,
            // Whose URL was changed meanwhile is counted elsewhere.
            ConditionExpression: '#url = :url',
            ExpressionAttributeNames: { '#url': 'url' },
            ExpressionAttributeValues: toItem({ ':url': url }),
          },
        },
        this.#counts.version(tenant, -1, { unmarked: id }),
        this.#counts.origin(tenant, url, -1),
        this.#deleted(healthKey(tenant, id)),
        this.#deleted(paceKey(tenant, id)),
      ]);
      if (failed.length === 0) {
        await this.#counts.forgetEmpty(tenant, url);
        return true;
      }
      if (failed.includes(1)) await this.#counts.held(tenant);
    }
    throw tooBusy();
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

  async loadNow(tenant: string, id: string): Promise<Subscription | undefined> {
    return (await this.#loadSome(tenant, [id], true)).get(id);
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

  #deleted(Key: Item): TransactWriteItem {
    return { Delete: { TableName: this.#table, Key } };
  }
}

/** What a tenant's record says about retries. */
function scheduleOf(tenant: Item | undefined): readonly number[] | null {
  return tenant === undefined ? null : fromItem<Pick<TenantRecord, 'retrySchedule'>>(tenant).retrySchedule;
}

function tooBusy(): Problem {
  return new Problem('unavailable', 'The tenant is being changed by others. Try again.', [], {
    'retry-after': '1',
  });
}
