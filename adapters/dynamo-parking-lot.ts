import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { RETENTION } from '../contract/limits.ts';
import type { DeliveryMessage } from '../contract/messages.ts';
import { DUE_SHARDS, KEYS } from '../contract/tables.ts';
import type { ParkedDelivery, ParkingLot } from '../core/dispatch/ports.ts';
import { deliveryId } from '../core/id.ts';
import type { DueDeliveries, DueDelivery } from '../core/retry/ports.ts';
import { shardOf } from '../core/shard.ts';
import { batchWrite } from './aws/batch-write.ts';
import { expiry, fromItem, type Item, toItem } from './aws/item.ts';

const MINUTE_MS = 60_000;
/** Rows read at once: their events' data is held in memory while they are sent. */
const PAGE_ROWS = 50;

/** A parked delivery as stored; the message is kept as text, so that it comes back as it went in. */
interface Row {
  readonly sk: string;
  readonly dueAt: number;
  readonly message: string;
}

/** Deliveries parked in the deliveries table, one row each, keyed by due minute and shard. */
export class DynamoParkingLot implements ParkingLot, DueDeliveries {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  /** By shard: a minute at or before which this process has seen the cursor. */
  readonly #covered = new Map<number, number>();

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async park({ message, dueAt }: ParkedDelivery): Promise<void> {
    const delivery = deliveryOf(message);
    const minute = Math.floor(dueAt / MINUTE_MS);
    const shard = shardOf(delivery, DUE_SHARDS);
    const key = `${delivery}#${String(message.attempt).padStart(4, '0')}#${message.run}`;
    await this.#coverMinute(shard, minute);
    await this.#client.send(
      new PutItemCommand({
        TableName: this.#table,
        Item: toItem({
          [KEYS.partition]: partition(minute, shard),
          [KEYS.sort]: key,
          [KEYS.expiresAt]: expiry(dueAt, RETENTION.recordSeconds),
          dueAt,
          message: JSON.stringify(message),
        }),
      }),
    );
  }

  async *due(minute: number, shard: number): AsyncIterable<readonly DueDelivery[]> {
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#table,
        KeyConditionExpression: `${KEYS.partition} = :partition`,
        ExpressionAttributeValues: { ':partition': { S: partition(minute, shard) } },
        Limit: PAGE_ROWS,
      },
    );
    for await (const { Items = [] } of pages) {
      if (Items.length === 0) continue;
      yield Items.map((item) => {
        const row = fromItem<Row>(item);
        return { key: row.sk, dueAt: row.dueAt, message: JSON.parse(row.message) as DeliveryMessage };
      });
    }
  }

  async remove(minute: number, shard: number, keys: readonly string[]): Promise<void> {
    const writes = keys.map((key) => ({ delete: keyOf(partition(minute, shard), key) }));
    await batchWrite(this.#client, this.#table, writes);
  }

  async cursor(shard: number): Promise<number | null> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: cursorKey(shard), ConsistentRead: true }),
    );
    return Item === undefined ? null : fromItem<{ dueMinute: number }>(Item).dueMinute;
  }

  async advance(shard: number, minute: number): Promise<void> {
    await this.#client.send(
      new PutItemCommand({
        TableName: this.#table,
        Item: { ...cursorKey(shard), ...toItem({ dueMinute: minute }) },
      }),
    );
  }

  /**
   * Sees to it that the shard's cursor stands at or before a minute: creates it for the first row ever
   * parked, lowers it for an earlier one. Sweeps move it on behind the rows, so one look per process will do.
   */
  async #coverMinute(shard: number, minute: number): Promise<void> {
    if ((this.#covered.get(shard) ?? Number.POSITIVE_INFINITY) <= minute) return;
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: cursorKey(shard),
          UpdateExpression: 'SET dueMinute = :minute',
          ConditionExpression: 'attribute_not_exists(dueMinute) OR dueMinute > :minute',
          ExpressionAttributeValues: toItem({ ':minute': minute }),
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
    this.#covered.set(shard, minute);
  }
}

function deliveryOf(message: DeliveryMessage): string {
  const [subscription, ...others] = message.targets;
  if (subscription === undefined || others.length > 0) throw new Error('a parked delivery has one target');
  return deliveryId(message.event, subscription);
}

function partition(minute: number, shard: number): string {
  return `DUE#${minute}#${shard}`;
}

function cursorKey(shard: number): Item {
  return keyOf('SWEEP', String(shard));
}

function keyOf(pk: string, sk: string): Item {
  return { [KEYS.partition]: { S: pk }, [KEYS.sort]: { S: sk } };
}
