import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import {
  GetItemCommand,
  TransactionCanceledException,
  TransactionInProgressException,
  type TransactWriteItem,
  type TransactWriteItemsCommandInput,
  type TransactWriteItemsCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { transact } from '../../../adapters/aws/transact.ts';
import { Problem } from '../../../core/problem.ts';
import { type DynamoStandIn, startDynamo } from '../../support/dynamo.ts';
import { interpose } from '../../support/interpose.ts';

let dynamo: DynamoStandIn;
let stepAside = (): void => undefined;
before(async () => {
  dynamo = await startDynamo();
});
after(() => dynamo.close());
afterEach(() => stepAside());

/** Makes the first `times` transactions fail with `error`; answers how many were tried, and the pauses asked for. */
function failing(times: number, error: () => Error) {
  const seen = { tries: 0, pauses: [] as number[] };
  stepAside = interpose<TransactWriteItemsCommandInput, TransactWriteItemsCommandOutput>(
    dynamo.client,
    async (call) => {
      if (call.command !== 'TransactWriteItemsCommand') return call.pass();
      if (seen.tries++ < times) throw error();
      return call.pass();
    },
  );
  const waiting = async (ms: number): Promise<void> => void seen.pauses.push(ms);
  return { seen, waiting };
}

function cancelled(...codes: readonly string[]): Error {
  return new TransactionCanceledException({
    $metadata: {},
    message: 'cancelled',
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
}

function put(pk: string, condition?: string): TransactWriteItem {
  const ConditionExpression = condition === undefined ? {} : { ConditionExpression: condition };
  return {
    Put: { TableName: dynamo.tables.events, Item: { pk: { S: pk }, sk: { S: 's' } }, ...ConditionExpression },
  };
}

async function isStored(pk: string): Promise<boolean> {
  const Key = { pk: { S: pk }, sk: { S: 's' } };
  const { Item } = await dynamo.client.send(new GetItemCommand({ TableName: dynamo.tables.events, Key }));
  return Item !== undefined;
}

test('all items are written, or none and the failed conditions are told', async () => {
  assert.deepEqual(await transact(dynamo.client, [put('a'), put('b')]), []);
  assert.deepEqual(
    await transact(dynamo.client, [put('c'), put('a', 'attribute_not_exists(pk)'), put('d')]),
    [1],
  );
  assert.deepEqual(await Promise.all(['a', 'b', 'c', 'd'].map(isStored)), [true, true, false, false]);
});

test('a transaction that meets another one is tried again after growing pauses', async () => {
  const { seen, waiting } = failing(4, () => cancelled('None', 'TransactionConflict'));
  assert.deepEqual(await transact(dynamo.client, [put('e'), put('f')], waiting), []);
  assert.equal(seen.tries, 5);
  assert.equal(seen.pauses.length, 4);
  assert.ok(Number(seen.pauses[3]) > Number(seen.pauses[0]));
  assert.equal(await isStored('e'), true);
});

test('throttling and a transaction still in progress pass as well', async () => {
  for (const error of [
    () => cancelled('ThrottlingError', 'None'),
    () => cancelled('None', 'ProvisionedThroughputExceeded'),
    () => new TransactionInProgressException({ $metadata: {}, message: 'in progress' }),
  ]) {
    const { seen, waiting } = failing(1, error);
    assert.deepEqual(await transact(dynamo.client, [put('g')], waiting), []);
    assert.equal(seen.tries, 2);
    stepAside();
  }
});

test('a condition that did not hold is final, whatever else went on', async () => {
  const { seen, waiting } = failing(9, () => cancelled('TransactionConflict', 'ConditionalCheckFailed'));
  assert.deepEqual(await transact(dynamo.client, [put('h'), put('i')], waiting), [1]);
  assert.equal(seen.tries, 1);
});

test('endless contention ends in a 503 that says when to try again', async () => {
  const { seen, waiting } = failing(1_000, () => cancelled('TransactionConflict'));
  await assert.rejects(
    transact(dynamo.client, [put('j')], waiting),
    (error) => error instanceof Problem && error.status === 503 && error.headers['retry-after'] === '1',
  );
  assert.ok(seen.tries < 20, `${seen.tries} tries`);
  assert.ok(seen.pauses.reduce((sum, ms) => sum + ms, 0) < 10_000);
});

test('an error of another kind is raised as it is, at once', async () => {
  for (const error of [() => cancelled('ValidationError'), () => new Error('no such table')]) {
    const { seen, waiting } = failing(9, error);
    await assert.rejects(transact(dynamo.client, [put('k')], waiting), error());
    assert.equal(seen.tries, 1);
    stepAside();
  }
});
