import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { DeleteItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DynamoTasks } from '../../adapters/dynamo-tasks.ts';
import { QUOTA } from '../../contract/limits.ts';
import { openTasksContract } from '../contracts/open-tasks.contract.ts';
import { taskStoreContract } from '../contracts/task-store.contract.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';
import { FakeTasks } from '../support/fake-tasks.ts';
import { redriveTask } from '../support/redrive-task.ts';

const opened: DynamoStandIn[] = [];
after(() => Promise.all(opened.map((dynamo) => dynamo.close())));

async function open(
  quotas: { openTasksPerTenant: number } = QUOTA,
): Promise<{ tasks: DynamoTasks; dynamo: DynamoStandIn }> {
  const dynamo = await startDynamo();
  opened.push(dynamo);
  return { tasks: new DynamoTasks(dynamo.client, dynamo.tables.deliveries, quotas), dynamo };
}

taskStoreContract('FakeTasks', async () => new FakeTasks());
taskStoreContract('DynamoTasks', async () => (await open()).tasks);
openTasksContract('FakeTasks', async (quotas) => Object.assign(new FakeTasks(), { quotas }));
openTasksContract('DynamoTasks', async (quotas) => (await open(quotas)).tasks);

test('C071: a task expires thirty days after it was created, in seconds', async () => {
  const { tasks, dynamo } = await open();
  await tasks.create(redriveTask({}, { createdAt: 1_767_312_000_500 }));
  const { Items = [] } = await dynamo.client.send(new ScanCommand({ TableName: dynamo.tables.deliveries }));
  assert.deepEqual(
    Items.filter((item) => item.pk?.S === 'TASK#tsk_1').map((item) => item.ttl?.N),
    ['1769904000'],
  );
});

test('what expired or was lost keeps no place: the next task that finds none looks, and takes it', async () => {
  const { tasks, dynamo } = await open({ openTasksPerTenant: 2 });
  const TableName = dynamo.tables.deliveries;
  for (const id of ['tsk_a', 'tsk_b']) await tasks.create(redriveTask({}, { id, listed: true }));
  await dynamo.client.send(
    new DeleteItemCommand({ TableName, Key: { pk: { S: 'TASK#tsk_a' }, sk: { S: 'TASK' } } }),
  );
  assert.equal((await tasks.create(redriveTask({}, { id: 'tsk_c', listed: true }))).kind, 'created');
  assert.equal((await tasks.create(redriveTask({}, { id: 'tsk_d', listed: true }))).kind, 'too-many');
});

test('a task from before there was a list ends as ever, and takes no other off it', async () => {
  const { tasks, dynamo } = await open({ openTasksPerTenant: 2 });
  const TableName = dynamo.tables.deliveries;
  await tasks.create(redriveTask({}, { id: 'tsk_old' }));
  // As it was: a record, and no list.
  await dynamo.client.send(
    new DeleteItemCommand({ TableName, Key: { pk: { S: 'TASKS#acme' }, sk: { S: 'OPEN' } } }),
  );
  for (const id of ['tsk_a', 'tsk_b']) await tasks.create(redriveTask({}, { id, listed: true }));
  const old = await tasks.get('tsk_old');
  assert.ok(old && (await tasks.update({ ...old, status: 'done' })));
  assert.equal((await tasks.create(redriveTask({}, { id: 'tsk_c', listed: true }))).kind, 'too-many');
});
