import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type AttributeValue,
  type BatchWriteItemCommandInput,
  type BatchWriteItemCommandOutput,
  ScanCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { batchWrite, UnprocessedWritesError } from '../../../adapters/aws/batch-write.ts';
import { type DynamoStandIn, startDynamo } from '../../support/dynamo.ts';
import { interpose } from '../../support/interpose.ts';

let dynamo: DynamoStandIn;
before(async () => {
  dynamo = await startDynamo();
});
after(() => dynamo.close());

/** Stands before the table's batch writes: `answer` gets the requests and may write some of them. */
function beforeWrites(
  answer: (
    requests: WriteRequest[],
    write: (requests: WriteRequest[]) => Promise<unknown>,
  ) => Promise<WriteRequest[]>,
): () => void {
  const table = dynamo.tables.deliveries;
  return interpose<BatchWriteItemCommandInput, BatchWriteItemCommandOutput>(dynamo.client, async (call) => {
    const write = (requests: WriteRequest[]) => call.pass({ RequestItems: { [table]: requests } });
    const left = await answer(call.input.RequestItems?.[table] ?? [], write);
    return left.length > 0 ? { UnprocessedItems: { [table]: left } } : {};
  });
}

const noPause = async (): Promise<void> => undefined;

function item(pk: string, sk: string, value = ''): Record<string, AttributeValue> {
  return { pk: { S: pk }, sk: { S: sk }, value: { S: value } };
}

async function stored(pk: string): Promise<readonly string[]> {
  const found: string[] = [];
  let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
  do {
    const page = await dynamo.client.send(
      new ScanCommand({
        TableName: dynamo.tables.deliveries,
        FilterExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: pk } },
        ExclusiveStartKey,
      }),
    );
    for (const row of page.Items ?? []) found.push(`${row.sk?.S}=${row.value?.S}`);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return found.sort();
}

const keys = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => String(i).padStart(4, '0'));

test('C017: 250 rows are written, none lost at 25 or 100', async () => {
  const puts = keys(250).map((sk) => ({ put: item('many', sk) }));
  await batchWrite(dynamo.client, dynamo.tables.deliveries, puts);
  assert.deepEqual(
    await stored('many'),
    keys(250).map((sk) => `${sk}=`),
  );
});

test('deletes and puts go together, and of two writes to one key the later counts', async () => {
  await batchWrite(dynamo.client, dynamo.tables.deliveries, [{ put: item('mixed', 'gone') }]);
  await batchWrite(dynamo.client, dynamo.tables.deliveries, [
    { put: item('mixed', 'twice', 'first') },
    { delete: { pk: { S: 'mixed' }, sk: { S: 'gone' } } },
    { put: item('mixed', 'twice', 'second') },
  ]);
  assert.deepEqual(await stored('mixed'), ['twice=second']);
});

test('C072: unprocessed items are written in the end, the processed ones not again', async () => {
  const sizes: number[] = [];
  const restore = beforeWrites(async (all, write) => {
    sizes.push(all.length);
    const taken = sizes.length > 3 ? all.length : 4;
    await write(all.slice(0, taken));
    return all.slice(taken);
  });
  try {
    const puts = keys(20).map((sk) => ({ put: item('slow', sk) }));
    await batchWrite(dynamo.client, dynamo.tables.deliveries, puts, noPause);
  } finally {
    restore();
  }
  assert.deepEqual(sizes, [20, 16, 12, 8]);
  assert.equal((await stored('slow')).length, 20);
});

test('what DynamoDB never takes is raised by name, after a bounded number of tries', async () => {
  let calls = 0;
  const waits: number[] = [];
  const restore = beforeWrites(async (all, write) => {
    calls++;
    const stuck = all.filter((request) => request.PutRequest?.Item?.sk?.S === '0007');
    const rest = all.filter((request) => !stuck.includes(request));
    if (rest.length > 0) await write(rest);
    return stuck;
  });
  try {
    const puts = keys(30).map((sk) => ({ put: item('stuck', sk) }));
    await assert.rejects(
      batchWrite(dynamo.client, dynamo.tables.deliveries, puts, async (ms) => void waits.push(ms)),
      (error) =>
        error instanceof UnprocessedWritesError &&
        JSON.stringify(error.left) === JSON.stringify([{ put: item('stuck', '0007') }]),
    );
  } finally {
    restore();
  }
  assert.ok(calls <= 10, `${calls} calls`);
  assert.ok(waits.every((ms) => ms > 0) && Math.max(...waits) > 400, `waits grow: ${waits}`);
  assert.equal((await stored('stuck')).length, 29);
});

test('a call that fails outright raises its items, and the other calls still count', async () => {
  let calls = 0;
  const restore = beforeWrites(async (all, write) => {
    if (++calls === 1) throw new Error('connection lost');
    await write(all);
    return [];
  });
  try {
    const puts = keys(60).map((sk) => ({ put: item('torn', sk) }));
    await assert.rejects(
      batchWrite(dynamo.client, dynamo.tables.deliveries, puts, noPause),
      (error) => error instanceof UnprocessedWritesError && error.left.length === 25,
    );
  } finally {
    restore();
  }
  assert.equal((await stored('torn')).length, 35);
});

test('nothing to write makes no call', async () => {
  const restore = beforeWrites(async () => assert.fail('a call was made'));
  try {
    await batchWrite(dynamo.client, dynamo.tables.deliveries, []);
  } finally {
    restore();
  }
});
