import {
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { EVENT_TYPE } from '../contract/limits.ts';
import { KEYS } from '../contract/tables.ts';
import type { EventTypeRecord, EventTypeStore } from '../core/event-types/ports.ts';
import { fromItem, type Item, toItem } from './aws/item.ts';
import { transact } from './aws/transact.ts';

/** Partition of the event types. */
const TYPES = 'TYPES';
/** Tries to write against others who write at the same time. */
const MAX_TRIES = 10;

/** Event types in the subscriptions table. */
export class DynamoEventTypes implements EventTypeStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async get(type: string): Promise<EventTypeRecord | null> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: keyOf(type), ConsistentRead: true }),
    );
    return Item === undefined ? null : recordOf(Item);
  }

  async put(record: EventTypeRecord): Promise<boolean> {
    const Item = { ...keyOf(record.type), ...toItem(record) };
    const put = (ConditionExpression: string) => ({
      Put: { TableName: this.#table, Item, ConditionExpression },
    });
    const absent = `attribute_not_exists(${KEYS.partition})`;
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const replaced = await transact(this.#client, [put(`attribute_exists(${KEYS.partition})`)]);
      if (replaced.length === 0) return true;
      const failed = await transact(this.#client, [put(absent), this.#counted(1)]);
      if (failed.length === 0) return true;
      if (!failed.includes(0) && (await this.#held()) >= EVENT_TYPE.maxTypes) return false;
    }
    throw new Error('the event types are written by too many at once');
  }

  async remove(type: string): Promise<boolean> {
    const gone: TransactWriteItem = {
      Delete: {
        TableName: this.#table,
        Key: keyOf(type),
        ConditionExpression: `attribute_exists(${KEYS.partition})`,
      },
    };
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const failed = await transact(this.#client, [gone, this.#counted(-1)]);
      if (failed.length === 0) return true;
      if (failed.includes(0)) return false;
      await this.#held();
    }
    throw new Error('the event types are written by too many at once');
  }

  async all(): Promise<readonly EventTypeRecord[]> {
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#table,
        KeyConditionExpression: `${KEYS.partition} = :types`,
        ExpressionAttributeValues: { ':types': { S: TYPES } },
        ConsistentRead: true,
      },
    );
    const found: EventTypeRecord[] = [];
    for await (const { Items = [] } of pages) found.push(...Items.map(recordOf));
    return found;
  }

  /** One more or one less. The condition fails if there are as many as there may be, or if nobody ever counted. */
  #counted(change: 1 | -1): TransactWriteItem {
    return {
      Update: {
        TableName: this.#table,
        Key: COUNT,
        UpdateExpression: 'ADD held :change',
        ConditionExpression: change > 0 ? 'held < :most' : 'attribute_exists(held)',
        ExpressionAttributeValues: toItem({
          ':change': change,
          ...(change > 0 ? { ':most': EVENT_TYPE.maxTypes } : {}),
        }),
      },
    };
  }

  /** How many there are. Those from before there was a number are counted: until there is one, none comes or goes. */
  async #held(): Promise<number> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: COUNT, ConsistentRead: true }),
    );
    if (Item?.held !== undefined) return Number(Item.held.N);
    const held = (await this.all()).length;
    const first: TransactWriteItem = {
      Update: {
        TableName: this.#table,
        Key: COUNT,
        UpdateExpression: 'SET held = :held',
        ConditionExpression: 'attribute_not_exists(held)',
        ExpressionAttributeValues: toItem({ ':held': held }),
      },
    };
    await transact(this.#client, [first]);
    return held;
  }
}

/** How many there are. */
const COUNT: Item = { [KEYS.partition]: { S: `${TYPES}#COUNT` }, [KEYS.sort]: { S: `${TYPES}#COUNT` } };

function keyOf(type: string): Item {
  return { [KEYS.partition]: { S: TYPES }, [KEYS.sort]: { S: type } };
}

function recordOf(item: Item): EventTypeRecord {
  const { type, description, schema, mode, example, deprecated, createdAt } = fromItem<EventTypeRecord>(item);
  return { type, description, schema, mode, example, deprecated, createdAt };
}
