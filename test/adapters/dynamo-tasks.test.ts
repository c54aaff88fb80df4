import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { DynamoTasks } from '../../adapters/dynamo-tasks.ts';
import { taskStoreContract } from '../contracts/task-store.contract.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';
import { FakeTasks } from '../support/fake-tasks.ts';
import { redriveTask } from '../support/redrive-task.ts';

const opened: DynamoStandIn[] = [];
after(() => Promise.all(opened.map((dynamo) => dynamo.close())));

async function open(): Promise<{ tasks: DynamoTasks; dynamo: DynamoStandIn }> {
  const dynamo = await startDynamo();
  opened.push(dynamo);
  return { tasks: new DynamoTasks(dynamo.client, dynamo.tables.deliveries), dynamo };
}

taskStoreContract('FakeTasks', async () => new FakeTasks());
taskStoreContract('DynamoTasks', async () => (await open()).tasks);

test('C071: a task expires thirty days after it was created, in seconds', async () => {
  const { tasks, dynamo } = await open();
  await tasks.create(redriveTask({}, { createdAt: 1_767_312_000_500 }));
  const { Items = [] } = await dynamo.client.send(new ScanCommand({ TableName: dynamo.tables.deliveries }));
  assert.deepEqual(
    Items.map((item) => item.ttl?.N),
    ['1769904000'],
  );
});
