import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import { KEYS } from '../contract/tables.ts';
import type { EventTypeRecord, EventTypeStore } from '../core/event-types/ports.ts';
import { fromItem, type Item, toItem } from './aws/item.ts';

/** Partition of the event types. */
const TYPES = 'TYPES';

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

  async put(record: EventTypeRecord): Promise<void> {
    await this.#client.send(
      new PutItemCommand({ TableName: this.#table, Item: { ...keyOf(record.type), ...toItem(record) } }),
    );
  }

  async remove(type: string): Promise<boolean> {
    const { Attributes } = await this.#client.send(
      new DeleteItemCommand({ TableName: this.#table, Key: keyOf(type), ReturnValues: 'ALL_OLD' }),
    );
    return Attributes !== undefined;
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
}

function keyOf(type: string): Item {
  return { [KEYS.partition]: { S: TYPES }, [KEYS.sort]: { S: type } };
}

function recordOf(item: Item): EventTypeRecord {
  const { type, description, schema, mode, example, deprecated, createdAt } = fromItem<EventTypeRecord>(item);
  return { type, description, schema, mode, example, deprecated, createdAt };
}
