import { type DynamoDBClient, GetItemCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { RETENTION } from '../../contract/limits.ts';
import { KEYS } from '../../contract/tables.ts';
import { type Task, workOf } from '../../core/task.ts';
import { expiry, type Item, toItem } from './item.ts';

/** Begins the attributes that are open tasks, by id; the value is their work, empty if any number may do it. */
const TASK = 'task ';
/** Begins the attributes that are work only one task may do at a time; the value is the task's id. */
const WORK = 'work ';
/** In seconds. */
const A_DAY = 86_400;

/** An open task as the list has it. */
export interface ListedTask {
  readonly id: string;
  readonly work: string | null;
}

/** Puts a task on its tenant's list. The condition fails if `most` are on it, or one that does the same work. */
export function listed(table: string, task: Task, most: number): TransactWriteItem {
  const { id, tenant } = task;
  const work = workOf(task.request);
  const alone = work === null ? '' : ' AND attribute_not_exists(#work)';
  return {
    Update: {
      TableName: table,
      Key: keyOf(tenant),
      UpdateExpression: `SET #task = :work, #ttl = :ttl${work === null ? '' : ', #work = :id'} ADD held :one`,
      ConditionExpression: `(attribute_not_exists(held) OR held < :most)${alone}`,
      ExpressionAttributeNames: { ...namesOf({ id, work }), '#ttl': KEYS.expiresAt },
      ExpressionAttributeValues: toItem({
        ':one': 1,
        // No sooner than the last task on it.
        ':ttl': expiry(task.createdAt, RETENTION.recordSeconds + A_DAY),
        ':most': most,
        ':work': work ?? '',
        ':id': work === null ? undefined : id,
      }),
    },
  };
}

/** Takes a task off its tenant's list. The condition fails if it is not on it. */
export function unlisted(table: string, tenant: string, { id, work }: ListedTask): TransactWriteItem {
  return {
    Update: {
      TableName: table,
      Key: keyOf(tenant),
      UpdateExpression: `REMOVE #task${work === null ? '' : ', #work'} ADD held :less`,
      ConditionExpression: 'attribute_exists(#task)',
      ExpressionAttributeNames: namesOf({ id, work }),
      ExpressionAttributeValues: toItem({ ':less': -1 }),
    },
  };
}

/** A tenant's open tasks, oldest first; consistent. */
export async function openTasks(
  client: DynamoDBClient,
  table: string,
  tenant: string,
): Promise<readonly ListedTask[]> {
  const { Item = {} } = await client.send(
    new GetItemCommand({ TableName: table, Key: keyOf(tenant), ConsistentRead: true }),
  );
  return Object.entries(Item)
    .filter(([name]) => name.startsWith(TASK))
    .map(([name, value]) => ({ id: name.slice(TASK.length), work: value.S ? value.S : null }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function namesOf({ id, work }: ListedTask): Record<string, string> {
  return { '#task': TASK + id, ...(work === null ? {} : { '#work': WORK + work }) };
}

function keyOf(tenant: string): Item {
  return { [KEYS.partition]: { S: `TASKS#${tenant}` }, [KEYS.sort]: { S: 'OPEN' } };
}
