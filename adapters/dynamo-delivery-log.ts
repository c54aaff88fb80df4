import { type DynamoDBClient, paginateQuery, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { INDEXES, KEYS } from '../contract/tables.ts';
import type { Clock } from '../core/clock.ts';
import type { DeliveryKey, DeliveryRow } from '../core/delivery.ts';
import type { DeliveryLog } from '../core/dispatch/ports.ts';
import type { StartedDeliveries } from '../core/fan-out/ports.ts';
import { deliveryIdBound } from '../core/id.ts';
import type { DeliveryListFilter, DeliveryReads } from '../core/manage/delivery-reads.ts';
import { shardOf } from '../core/shard.ts';
import { batchWrite } from './aws/batch-write.ts';
import {
  deliveryPartition,
  fromDeliveryItem,
  isExpiredRow,
  LISTED_ATTRIBUTES,
  partitionOf,
  subscriptionPartition,
  toDeliveryItem,
} from './aws/delivery-item.ts';
import { type Item, toItem } from './aws/item.ts';

const SUBSCRIPTION_INDEX = INDEXES.deliveriesBySubscription;
/** Sorts after everything that may follow a delivery id in a row's key. */
const AFTER_ROWS = '#~';
/** Sorts after every delivery id. */
const AFTER_ALL = 'dlv_~';

/** The delivery log in the deliveries table: append-only rows, see `docs/tables.md`. */
export class DynamoDeliveryLog implements DeliveryLog, StartedDeliveries, DeliveryReads {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #clock: Clock;

  constructor(client: DynamoDBClient, table: string, clock: Clock = { now: () => Date.now() }) {
    this.#client = client;
    this.#table = table;
    this.#clock = clock;
  }

  async append(rows: readonly DeliveryRow[]): Promise<void> {
    await batchWrite(
      this.#client,
      this.#table,
      rows.map((row) => ({ put: toDeliveryItem(row) })),
    );
  }

  async rowsOf(delivery: DeliveryKey): Promise<readonly DeliveryRow[]> {
    const rows: DeliveryRow[] = [];
    const query = {
      KeyConditionExpression: `${KEYS.partition} = :partition AND begins_with(${KEYS.sort}, :delivery)`,
      ExpressionAttributeValues: toItem({
        ':partition': partitionOf(delivery),
        ':delivery': `${delivery.delivery}#`,
      }),
      ConsistentRead: true,
    };
    for await (const items of this.#query(query)) rows.push(...items.map(fromDeliveryItem));
    return rows;
  }

  async startedSubscriptions(event: Omit<DeliveryKey, 'delivery'>): Promise<ReadonlySet<string>> {
    const shards = Array.from({ length: event.shards }, (_, shard) => shard);
    const started = new Set<string>();
    const read = async (shard: number): Promise<void> => {
      const query = {
        KeyConditionExpression: `${KEYS.partition} = :partition`,
        ExpressionAttributeValues: toItem({ ':partition': deliveryPartition(event, shard) }),
        ProjectionExpression: `subscription, #ttl`,
        ExpressionAttributeNames: { '#ttl': KEYS.expiresAt },
        ConsistentRead: true,
      };
      for await (const items of this.#query(query)) {
        for (const item of items) started.add(item.subscription?.S ?? '');
      }
    };
    await Promise.all(shards.map(read));
    return started;
  }

  async *ofEvent(
    event: Omit<DeliveryKey, 'delivery'>,
    after: string | null,
  ): AsyncIterable<readonly DeliveryRow[]> {
    const first = after === null ? 0 : shardOf(after, event.shards);
    for (let shard = first; shard < event.shards; shard++) {
      const from = after !== null && shard === first ? `${after}${AFTER_ROWS}` : ' ';
      yield* this.#rows({
        ...LISTED_ATTRIBUTES,
        KeyConditionExpression: `${KEYS.partition} = :partition AND ${KEYS.sort} > :from`,
        ExpressionAttributeValues: toItem({ ':partition': deliveryPartition(event, shard), ':from': from }),
        ConsistentRead: true,
      });
    }
  }

  async *ofSubscription(
    tenant: string,
    subscription: string,
    filter: DeliveryListFilter,
  ): AsyncIterable<readonly DeliveryRow[]> {
    const { partition, sort, name } = SUBSCRIPTION_INDEX;
    const until = filter.until === null ? AFTER_ALL : deliveryIdBound(filter.until);
    const end = filter.before !== null && filter.before < until ? filter.before : until;
    const begin = deliveryIdBound(filter.since ?? 0);
    // A condition that nothing can meet is an error to DynamoDB, and an empty list to us.
    if (begin >= end) return;
    yield* this.#rows({
      IndexName: name,
      // BETWEEN takes its upper end in; no key equals it, because every key goes on after its delivery id.
      KeyConditionExpression: `${partition} = :partition AND ${sort} BETWEEN :begin AND :end`,
      ExpressionAttributeValues: toItem({
        ':partition': subscriptionPartition(tenant, subscription),
        ':begin': begin,
        ':end': end,
      }),
      ScanIndexForward: false,
    });
  }

  async *#rows(query: Omit<QueryCommandInput, 'TableName'>): AsyncIterable<readonly DeliveryRow[]> {
    for await (const items of this.#query(query)) yield items.map(fromDeliveryItem);
  }

  async *#query(query: Omit<QueryCommandInput, 'TableName'>): AsyncIterable<readonly Item[]> {
    const pages = paginateQuery({ client: this.#client }, { ...query, TableName: this.#table });
    for await (const { Items = [] } of pages) {
      const now = this.#clock.now();
      const live = Items.filter((item) => !isExpiredRow(item, now));
      if (live.length > 0) yield live;
    }
  }
}
