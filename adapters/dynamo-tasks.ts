import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { RETENTION } from '../contract/limits.ts';
import { KEYS } from '../contract/tables.ts';
import type { TaskStore } from '../core/redrive/ports.ts';
import type { Task } from '../core/task.ts';
import { expiry, fromItem, type Item, toItem } from './aws/item.ts';

/** Tasks in the deliveries table, one item each. */
export class DynamoTasks implements TaskStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async get(id: string): Promise<Task | null> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: keyOf(id), ConsistentRead: true }),
    );
    if (Item === undefined) return null;
    const {
      pk: _pk,
      sk: _sk,
      ttl: _ttl,
      ...task
    } = fromItem<Task & { pk: string; sk: string; ttl: number }>(Item);
    return task;
  }

  async create(task: Task): Promise<void> {
    await this.#put(task, `attribute_not_exists(${KEYS.partition})`, {});
  }

  async update(task: Task): Promise<Task | null> {
    const next = { ...task, revision: task.revision + 1 };
    try {
      await this.#put(next, 'revision = :before', { ':before': task.revision });
      return next;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return null;
      throw error;
    }
  }

  async #put(task: Task, condition: string, values: Readonly<Record<string, number>>): Promise<void> {
    await this.#client.send(
      new PutItemCommand({
        TableName: this.#table,
        Item: {
          ...keyOf(task.id),
          ...toItem({ ...task, [KEYS.expiresAt]: expiry(task.createdAt, RETENTION.recordSeconds) }),
        },
        ConditionExpression: condition,
        ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: toItem(values) } : {}),
      }),
    );
  }
}

function keyOf(id: string): Item {
  return { [KEYS.partition]: { S: `TASK#${id}` }, [KEYS.sort]: { S: 'TASK' } };
}
