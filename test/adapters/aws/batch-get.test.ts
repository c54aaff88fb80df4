import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { BatchGetItemCommandInput, BatchGetItemCommandOutput } from '@aws-sdk/client-dynamodb';
import { batchGet, UnprocessedReadsError } from '../../../adapters/aws/batch-get.ts';
import { batchWrite } from '../../../adapters/aws/batch-write.ts';
import type { Item } from '../../../adapters/aws/item.ts';
import { type DynamoStandIn, startDynamo } from '../../support/dynamo.ts';
import { interpose } from '../../support/interpose.ts';

let dynamo: DynamoStandIn;
before(async () => {
  dynamo = await startDynamo();
  const writes = keys(230).map((key) => ({ put: key }));
  await batchWrite(dynamo.client, dynamo.tables.deliveries, writes);
});
after(() => dynamo.close());

const keys = (count: number): Item[] =>
  Array.from({ length: count }, (_, i) => ({ pk: { S: 'P' }, sk: { S: String(i) } }));

/** Answers `count` keys of each call and gives back the rest. */
function answering(count: (call: number) => number): { asked: Item[][]; stop: () => void } {
  const table = dynamo.tables.deliveries;
  const asked: Item[][] = [];
  const stop = interpose<BatchGetItemCommandInput, BatchGetItemCommandOutput>(dynamo.client, async (call) => {
    const request = call.input.RequestItems?.[table];
    const all = request?.Keys ?? [];
    assert.equal(request?.ConsistentRead, true);
    asked.push(all);
    const now = all.slice(0, count(asked.length));
    const left = all.slice(now.length);
    const Responses =
      now.length === 0
        ? {}
        : (await call.pass({ RequestItems: { [table]: { ...request, Keys: now } } })).Responses;
    return { Responses, UnprocessedKeys: left.length > 0 ? { [table]: { ...request, Keys: left } } : {} };
  });
  return { asked, stop };
}

test('more keys than one call takes are all read, each once, and missing ones are left out', async () => {
  const { asked, stop } = answering(() => 100);
  const wanted = [...keys(230), ...keys(230), { pk: { S: 'P' }, sk: { S: 'missing' } }];
  const items = await batchGet(dynamo.client, dynamo.tables.deliveries, wanted);
  stop();
  assert.equal(new Set(items.map((item) => item.sk?.S)).size, 230);
  assert.deepEqual([items.length, asked.map((call) => call.length)], [230, [100, 100, 31]]);
});

test('C072: keys that DynamoDB gives back are asked for again, after a pause only if nothing came', async () => {
  const { asked, stop } = answering((call) => (call === 2 ? 0 : 40));
  const pauses: number[] = [];
  const items = await batchGet(dynamo.client, dynamo.tables.deliveries, keys(90), {
    waiting: async (ms) => {
      pauses.push(ms);
    },
  });
  stop();
  assert.deepEqual([items.length, asked.length, pauses.length], [90, 4, 1]);
});

test('a table that gives everything back is an error in the end', async () => {
  const { asked, stop } = answering(() => 0);
  const read = batchGet(dynamo.client, dynamo.tables.deliveries, keys(3), {
    waiting: async () => undefined,
  });
  await assert.rejects(read, UnprocessedReadsError);
  stop();
  assert.equal(asked.length, 8);
});

test('no keys, no call', async () => {
  const { asked, stop } = answering(() => 100);
  assert.deepEqual(await batchGet(dynamo.client, dynamo.tables.deliveries, []), []);
  stop();
  assert.deepEqual(asked, []);
});
