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
/** Tries to move a cursor that others move. */
const MAX_TRIES = 10;

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

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async park({ message, dueAt }: ParkedDelivery, parkedAt: number): Promise<void> {
    const delivery = deliveryOf(message);
    const minute = Math.floor(dueAt / MINUTE_MS);
    const shard = shardOf(delivery, DUE_SHARDS);
    const attempt = `${delivery}#${String(message.attempt).padStart(4, '0')}#${message.run}`;
    const key = message.held === undefined ? attempt : `${attempt}#${parkedAt}`;
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
    await this.#coverMinute(shard, minute);
  }

  async *due(minute: number, shard: number): AsyncIterable<readonly DueDelivery[]> {
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#table,
        KeyConditionExpression: `${KEYS.partition} = :partition`,
        ExpressionAttributeValues: { ':partition': { S: partition(minute, shard) } },
        Limit: PAGE_ROWS,
        // A row that a sweep does not see is a row it passes over.
        ConsistentRead: true,
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

  async advance(shard: number, from: number, to: number): Promise<boolean> {
    return this.#moveCursor(shard, from, to);
  }

  /**
   * Sees to it that no sweep passes over a row that was just written. One that is at its minute may have looked already,
   * so a cursor that is there or ahead is put back, which also keeps that sweep from moving it on. A row is parked a
   * quarter of an hour ahead, so this happens only where clocks differ.
   */
  async #coverMinute(shard: number, minute: number): Promise<void> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const cursor = await this.cursor(shard);
      if (cursor !== null && cursor < minute) return;
      if (await this.#moveCursor(shard, cursor, minute - 1)) return;
    }
    throw new Error('the cursor is moved by too many at once');
  }

  /** False if it is somewhere else; null: it is not there yet. */
  async #moveCursor(shard: number, from: number | null, to: number): Promise<boolean> {
    const condition = from === null ? 'attribute_not_exists(dueMinute)' : 'dueMinute = :from';
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: cursorKey(shard),
          UpdateExpression: 'SET dueMinute = :to',
          ConditionExpression: condition,
          ExpressionAttributeValues: toItem({ ':to': to, ':from': from ?? undefined }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
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
