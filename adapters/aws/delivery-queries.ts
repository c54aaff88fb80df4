import { type DynamoDBClient, paginateQuery, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { INDEXES, KEYS } from '../../contract/tables.ts';
import type { Clock } from '../../core/clock.ts';
import type { DeliveryKey, DeliveryRow, EventKey } from '../../core/delivery.ts';
import { attemptKey } from '../../core/delivery-rows.ts';
import { deliveryIdBound } from '../../core/id.ts';
import type { DeliveryListFilter } from '../../core/manage/delivery-reads.ts';
import {
  deliveryPartition,
  fromDeliveryItem,
  isExpiredRow,
  LISTED_ATTRIBUTES,
  partitionOf,
  subscriptionPartition,
} from './delivery-item.ts';
import { type Item, toItem } from './item.ts';
import { fromPackedItem, isPacked, PACKED_PREFIX, packedSubscriptions } from './packed-item.ts';

const SUBSCRIPTION_INDEX = INDEXES.deliveriesBySubscription;
/** Sorts after everything that may follow a delivery id in a row's key. */
const AFTER_ROWS = '#~';
/** Sorts after every delivery id. */
const AFTER_ALL = 'dlv_~';

/** The queries that the deliveries table answers about rows and packed items; both lie in the partitions of an event. */
export class DeliveryQueries {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #clock: Clock;

  constructor(client: DynamoDBClient, table: string, clock: Clock) {
    this.#client = client;
    this.#table = table;
    this.#clock = clock;
  }

  /** The rows of a delivery that have an item of their own; consistent, no response bodies. */
  async ofDelivery(delivery: DeliveryKey): Promise<readonly DeliveryRow[]> {
    const query = {
      ...LISTED_ATTRIBUTES,
      KeyConditionExpression: `${KEYS.partition} = :partition AND begins_with(${KEYS.sort}, :delivery)`,
      ExpressionAttributeValues: toItem({
        ':partition': partitionOf(delivery),
        ':delivery': `${delivery.delivery}#`,
      }),
      ConsistentRead: true,
    };
    return (await Array.fromAsync(this.#pages(query))).flat().map(fromDeliveryItem);
  }

  /** The same of its attempts `first` to `last`, last first, with response bodies and timings. */
  async *wholeRows(
    delivery: DeliveryKey,
    first: number,
    last: number,
  ): AsyncIterable<readonly DeliveryRow[]> {
    const query = {
      KeyConditionExpression: `${KEYS.partition} = :partition AND ${KEYS.sort} BETWEEN :first AND :last`,
      ExpressionAttributeValues: toItem({
        ':partition': partitionOf(delivery),
        ':first': attemptKey(delivery.delivery, first),
        ':last': `${attemptKey(delivery.delivery, last)}${AFTER_ROWS}`,
      }),
      ScanIndexForward: false,
      ConsistentRead: true,
    };
    for await (const items of this.#pages(query)) yield items.map(fromDeliveryItem);
  }

  /** A partition's packed rows, of all subscriptions or of those in `only`. */
  async packed(
    event: EventKey,
    shard: number,
    options: { readonly only?: ReadonlySet<string>; readonly consistent: boolean },
  ): Promise<readonly DeliveryRow[]> {
    const query = {
      KeyConditionExpression: `${KEYS.partition} = :partition AND begins_with(${KEYS.sort}, :packed)`,
      ExpressionAttributeValues: toItem({
        ':partition': deliveryPartition(event, shard),
        ':packed': PACKED_PREFIX,
      }),
      ConsistentRead: options.consistent,
    };
    const items = (await Array.fromAsync(this.#pages(query))).flat();
    return items.flatMap((item) => fromPackedItem(item, event, options.only));
  }

  /** A partition's items, packed ones first, up to and with those of the delivery `last`; consistent, no response bodies. */
  async *partition(event: EventKey, shard: number, last = AFTER_ALL): AsyncIterable<readonly Item[]> {
    yield* this.#pages({
      ...LISTED_ATTRIBUTES,
      KeyConditionExpression: `${KEYS.partition} = :partition AND ${KEYS.sort} BETWEEN :packed AND :last`,
      ExpressionAttributeValues: toItem({
        ':partition': deliveryPartition(event, shard),
        ':packed': PACKED_PREFIX,
        ':last': `${last}${AFTER_ROWS}`,
      }),
      ConsistentRead: true,
    });
  }

  /** A partition's rows that have an item of their own, behind the delivery `after`; consistent, no response bodies. */
  async *rowsAfter(event: EventKey, shard: number, after: string): AsyncIterable<readonly DeliveryRow[]> {
    const query = {
      ...LISTED_ATTRIBUTES,
      KeyConditionExpression: `${KEYS.partition} = :partition AND ${KEYS.sort} > :after`,
      ExpressionAttributeValues: toItem({
        ':partition': deliveryPartition(event, shard),
        ':after': `${after}${AFTER_ROWS}`,
      }),
      ConsistentRead: true,
    };
    for await (const items of this.#pages(query)) yield items.map(fromDeliveryItem);
  }

  /** The subscriptions that a partition tells of; consistent. */
  async subscriptions(event: EventKey, shard: number): Promise<readonly string[]> {
    const query = {
      KeyConditionExpression: `${KEYS.partition} = :partition`,
      ExpressionAttributeValues: toItem({ ':partition': deliveryPartition(event, shard) }),
      ProjectionExpression: '#sort, subscription, #rows, #ttl',
      ExpressionAttributeNames: { '#sort': KEYS.sort, '#rows': 'rows', '#ttl': KEYS.expiresAt },
      ConsistentRead: true,
    };
    const items = (await Array.fromAsync(this.#pages(query))).flat();
    return items.flatMap((item) =>
      isPacked(item) ? packedSubscriptions(item) : (item.subscription?.S ?? []),
    );
  }

  /** A subscription's rows that have an item of their own, newest delivery first; a second late, no response bodies. */
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
    const query = {
      IndexName: name,
      // BETWEEN takes its upper end in; no key equals it, because every key goes on after its delivery id.
      KeyConditionExpression: `${partition} = :partition AND ${sort} BETWEEN :begin AND :end`,
      ExpressionAttributeValues: toItem({
        ':partition': subscriptionPartition(tenant, subscription),
        ':begin': begin,
        ':end': end,
      }),
      ScanIndexForward: false,
    };
    for await (const items of this.#pages(query)) yield items.map(fromDeliveryItem);
  }

  async *#pages(query: Omit<QueryCommandInput, 'TableName'>): AsyncIterable<readonly Item[]> {
    const pages = paginateQuery({ client: this.#client }, { ...query, TableName: this.#table });
    for await (const { Items = [] } of pages) {
      const now = this.#clock.now();
      const live = Items.filter((item) => !isExpiredRow(item, now));
      if (live.length > 0) yield live;
    }
  }
}
