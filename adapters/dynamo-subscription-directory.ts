import { type DynamoDBClient, GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { KEYS } from '../contract/tables.ts';
import type { InterestPage, SubscriptionDirectory, TenantVersion } from '../core/fan-out/ports.ts';
import type {
  ReplayedSubscription,
  SubscriptionExistence,
  SubscriptionLookup,
} from '../core/redrive/ports.ts';
import { batchGet } from './aws/batch-get.ts';
import { toItem } from './aws/item.ts';
import { slowMarksOf } from './aws/slow-marks.ts';
import {
  fromInterestItem,
  INTEREST,
  subscriptionKey,
  tenantPartition,
  toStoredInterest,
  versionKey,
} from './aws/subscription-item.ts';

/** What may be known of subscriptions without opening their secrets. */
export class DynamoSubscriptionDirectory
  implements SubscriptionDirectory, SubscriptionExistence, SubscriptionLookup
{
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async version(tenant: string): Promise<TenantVersion> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: versionKey(tenant), ConsistentRead: true }),
    );
    return { n: Number(Item?.n?.N ?? 0), slow: slowMarksOf(Item) };
  }

  async *interests(tenant: string, after: string | null): AsyncIterable<InterestPage> {
    const names = Object.fromEntries(INTEREST.map((name) => [`#${name}`, name]));
    const pages = paginateQuery(
      { client: this.#client, startingToken: after === null ? undefined : subscriptionKey(tenant, after) },
      {
        TableName: this.#table,
        KeyConditionExpression: `${KEYS.partition} = :tenant AND begins_with(${KEYS.sort}, :subscription)`,
        ExpressionAttributeValues: toItem({ ':tenant': tenantPartition(tenant), ':subscription': 'SUB#' }),
        ProjectionExpression: Object.keys(names).join(', '),
        ExpressionAttributeNames: names,
        ConsistentRead: true,
      },
    );
    for await (const { Items = [], LastEvaluatedKey } of pages)
      yield { interests: Items.map(toStoredInterest), isLast: LastEvaluatedKey === undefined };
  }

  async find(tenant: string, id: string): Promise<ReplayedSubscription | null> {
    const [item] = await batchGet(this.#client, this.#table, [subscriptionKey(tenant, id)]);
    return item ? { ...fromInterestItem(item), createdAt: Number(item.createdAt?.N ?? 0) } : null;
  }

  async existing(tenant: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const keys = ids.map((id) => subscriptionKey(tenant, id));
    const items = await batchGet(this.#client, this.#table, keys);
    return new Set(items.map((item) => item.id?.S ?? ''));
  }
}
