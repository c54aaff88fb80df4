import { type DynamoDBClient, GetItemCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { QUOTA, type Quotas, RETENTION } from '../contract/limits.ts';
import { KEYS } from '../contract/tables.ts';
import { Problem } from '../core/problem.ts';
import type { TaskCreation, TaskStore } from '../core/redrive/ports.ts';
import { isOpen, type Task, workOf } from '../core/task.ts';
import { expiry, fromItem, type Item, toItem } from './aws/item.ts';
import { type ListedTask, listed, openTasks, unlisted } from './aws/open-tasks.ts';
import { transact } from './aws/transact.ts';

/** Tries to begin a task while others begin and end. */
const MAX_TRIES = 10;

/** Tasks in the deliveries table, one item each, and one for each tenant that lists those that are open. */
export class DynamoTasks implements TaskStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  readonly #quotas: Pick<Quotas, 'openTasksPerTenant'>;

  constructor(client: DynamoDBClient, table: string, quotas: Pick<Quotas, 'openTasksPerTenant'> = QUOTA) {
    this.#client = client;
    this.#table = table;
    this.#quotas = quotas;
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

  async create(task: Task): Promise<TaskCreation> {
    const most = this.#quotas.openTasksPerTenant;
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const failed = await transact(this.#client, [
        this.#put(task, `attribute_not_exists(${KEYS.partition})`),
        listed(this.#table, task, most),
      ]);
      if (failed.length === 0) return { kind: 'created' };
      if (failed.includes(0)) throw new Error('the task exists');
      const open = await this.#stillOpen(task.tenant);
      const same = open.find(({ work }) => work !== null && work === workOf(task.request));
      if (same) return { kind: 'same', task: same.id };
      if (open.length >= most) return { kind: 'too-many', open: open.map(({ id }) => id) };
    }
    throw new Problem('unavailable', 'Too many tasks begin and end at once. Try again.', [], {
      'retry-after': '1',
    });
  }

  async update(task: Task): Promise<Task | null> {
    const { listed: isListed, ...over } = { ...task, revision: task.revision + 1 };
    const next: Task = isListed && isOpen(task) ? { ...over, listed: true } : over;
    const write = this.#put(next, 'revision = :before', { ':before': task.revision });
    const off = unlisted(this.#table, task.tenant, { id: task.id, work: workOf(task.request) });
    const failed = await transact(this.#client, isListed && !isOpen(task) ? [write, off] : [write]);
    if (failed.length === 0) return next;
    if (failed.includes(0)) return null;
    // Somebody who counted found it over already.
    return (await transact(this.#client, [write])).length === 0 ? next : null;
  }

  /** A tenant's open tasks. Those that have expired, or ended unseen, are taken off the list on the way. */
  async #stillOpen(tenant: string): Promise<readonly ListedTask[]> {
    const all = await openTasks(this.#client, this.#table, tenant);
    const records = await Promise.all(all.map(({ id }) => this.get(id)));
    const isListed = (at: number): boolean => {
      const record = records[at];
      return record !== null && record !== undefined && isOpen(record);
    };
    for (const [at, one] of all.entries()) {
      if (!isListed(at)) await transact(this.#client, [unlisted(this.#table, tenant, one)]);
    }
    return all.filter((_, at) => isListed(at));
  }

  #put(
    task: Task,
    ConditionExpression: string,
    values: Readonly<Record<string, number>> = {},
  ): TransactWriteItem {
    return {
      Put: {
        TableName: this.#table,
        Item: {
          ...keyOf(task.id),
          ...toItem({ ...task, [KEYS.expiresAt]: expiry(task.createdAt, RETENTION.recordSeconds) }),
        },
        ConditionExpression,
        ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: toItem(values) } : {}),
      },
    };
  }
}

function keyOf(id: string): Item {
  return { [KEYS.partition]: { S: `TASK#${id}` }, [KEYS.sort]: { S: 'TASK' } };
}
