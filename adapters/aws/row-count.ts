import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  type TransactWriteItem,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { KEYS } from '../../contract/tables.ts';
import type { Room } from '../../core/manage/key-store.ts';
import { Problem } from '../../core/problem.ts';
import { fromItem, type Item, toItem } from './item.ts';

/** The item that counts. */
interface StoredCount {
  /** Moves with every write, so that a count that was overtaken is not written. */
  readonly n?: number;
  readonly held?: number;
  /** When the first of those that fill it ends, in epoch milliseconds; null: none of them does. Only while it is full. */
  readonly endsAt?: number | null;
}

/** Tries to count against writers who get in between. */
const MAX_TRIES = 10;

/**
 * How many rows of one kind a partition has, those apart that have expired: an item beside them, written in the
 * transactions that make and remove rows. DynamoDB removes expired rows without a word, so the number may be too high,
 * never too low; rows are counted anew when it says that there is no room, unless none of them can have ended since.
 * So are those from before there was a number.
 */
export class RowCount {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #prefix: string;

  /** `prefix` begins the sort keys of the rows. */
  constructor(client: DynamoDBClient, table: string, prefix: string) {
    this.#client = client;
    this.#table = table;
    this.#prefix = prefix;
  }

  /** Counts one row more. The condition fails if there are `most`, or were never counted. */
  more(partition: string, most: number): TransactWriteItem {
    return {
      Update: {
        TableName: this.#table,
        Key: this.#key(partition),
        UpdateExpression: 'ADD n :one, held :one REMOVE endsAt',
        ConditionExpression: 'held < :most',
        ExpressionAttributeValues: toItem({ ':one': 1, ':most': most }),
      },
    };
  }

  /** Counts one row less. The condition fails if they were never counted. */
  fewer(partition: string): TransactWriteItem {
    return {
      Update: {
        TableName: this.#table,
        Key: this.#key(partition),
        UpdateExpression: 'ADD n :one, held :less',
        ConditionExpression: 'attribute_exists(held)',
        ExpressionAttributeValues: toItem({ ':one': 1, ':less': -1 }),
      },
    };
  }

  /** Forgets the number: whoever needs it next counts. */
  forgotten(partition: string): TransactWriteItem {
    return {
      Update: {
        TableName: this.#table,
        Key: this.#key(partition),
        UpdateExpression: 'ADD n :one REMOVE held, endsAt',
        ExpressionAttributeValues: toItem({ ':one': 1 }),
      },
    };
  }

  /** Whether there is room for one more, after `more` said that there is none. Throws an `unavailable` `Problem`. */
  async room(partition: string, most: number, now: number): Promise<Room> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const { n, held, endsAt } = await this.#read(partition);
      if (held !== undefined && held < most) return { kind: 'room' };
      if (held !== undefined && endsAt !== undefined && (endsAt === null || endsAt > now)) {
        return { kind: 'full', until: endsAt };
      }
      await this.#count(partition, n, now);
    }
    throw new Problem('unavailable', 'Too many writes at once. Try again in a moment.', [], {
      'retry-after': '1',
    });
  }

  async #read(partition: string): Promise<StoredCount> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: this.#key(partition), ConsistentRead: true }),
    );
    return Item === undefined ? {} : fromItem<StoredCount>(Item);
  }

  /** Counts the rows and writes down how many there are, unless somebody wrote one since `n` was read. */
  async #count(partition: string, n: number | undefined, now: number): Promise<void> {
    let held = 0;
    let endsAt: number | null = null;
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#table,
        KeyConditionExpression: `${KEYS.partition} = :partition AND begins_with(${KEYS.sort}, :prefix)`,
        FilterExpression: 'attribute_type(expiresAt, :null) OR expiresAt > :now',
        ProjectionExpression: 'expiresAt',
        ExpressionAttributeValues: toItem({
          ':partition': partition,
          ':prefix': this.#prefix,
          ':null': 'NULL',
          ':now': now,
        }),
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) {
      held += Items.length;
      for (const item of Items) {
        const { expiresAt } = fromItem<{ readonly expiresAt: number | null }>(item);
        if (expiresAt !== null) endsAt = Math.min(endsAt ?? expiresAt, expiresAt);
      }
    }
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: this.#key(partition),
          UpdateExpression: 'SET held = :held, endsAt = :endsAt',
          ConditionExpression: n === undefined ? 'attribute_not_exists(n)' : 'n = :n',
          ExpressionAttributeValues: toItem({ ':held': held, ':endsAt': endsAt, ':n': n }),
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  #key(partition: string): Item {
    return {
      [KEYS.partition]: { S: partition },
      [KEYS.sort]: { S: `COUNT#${this.#prefix}` },
    };
  }
}
