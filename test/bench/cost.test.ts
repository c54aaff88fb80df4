import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { countQueueCall, countReceive } from '../../bench/cost/count-calls.ts';
import { itemBytes } from '../../bench/cost/item-bytes.ts';
import { billedMs } from '../../bench/cost/model.ts';
import { others } from '../../bench/cost/others.ts';
import { priceOf, readPrices } from '../../bench/cost/prices.ts';
import { sampleEvent } from '../../bench/cost/sample-event.ts';
import { bill, totalOf, Usage } from '../../bench/cost/usage.ts';
import { startDynamo } from '../support/dynamo.ts';

test('each price has a source and a date, and none is listed twice', () => {
  const { prices } = readPrices();
  for (const { id, usd, source, date, unit } of prices) {
    assert.ok(usd > 0 && unit && source && /^\d{4}-\d\d/.test(date), id);
  }
  assert.equal(new Set(prices.map(({ id }) => id)).size, prices.length);
});

test('a price that is not listed is an error, never nothing', () => {
  assert.throws(() => priceOf(readPrices())('sqs.typo'), /sqs\.typo/);
});

test('a bill counts each line apart, and its total leaves egress and retries out', () => {
  const usage = new Usage();
  usage.add('events queue', 'sqs.request', 3);
  usage.add('events queue', 'sqs.request', 1);
  usage.add('egress', 'egress.gb', 5);
  const dollars = bill(usage, () => 2, 4, 1);
  assert.deepEqual([dollars.get('events queue'), dollars.get('egress')], [2, 2.5]);
  assert.equal(totalOf(dollars), 2);
});

test('queue requests are billed by parts of 64 KB, a batch as a whole', () => {
  const requests = (bytes: readonly number[]): number => {
    const usage = new Usage();
    const Entries = bytes.map((size) => ({ MessageBody: 'x'.repeat(size) }));
    const input = { QueueUrl: 'http://sqs/1/Events', Entries };
    countQueueCall(usage, { operation: 'SendMessageBatch', input, output: {}, status: 200 });
    return usage.total('sqs.request', 'events queue');
  };
  assert.deepEqual([requests([1]), requests([65_536]), requests([65_000, 537])], [1, 1, 2]);
});

test('a batch that a run deletes by itself is one request, and is not refused for having no bodies', () => {
  const usage = new Usage();
  const Entries = [{ Id: '0', ReceiptHandle: 'r' }];
  const input = { QueueUrl: 'http://sqs/1/Deliveries', Entries };
  countQueueCall(usage, { operation: 'DeleteMessageBatch', input, output: {}, status: 200 });
  const receive = { QueueUrl: 'http://sqs/1/Deliveries', MaxNumberOfMessages: 10 };
  countQueueCall(usage, { operation: 'ReceiveMessage', input: receive, output: {}, status: 200 });
  assert.equal(usage.total('sqs.request', 'deliveries queue'), 2);
});

test('ten messages are received and deleted with two requests', () => {
  const usage = new Usage();
  countReceive(
    usage,
    'Deliveries',
    Array.from({ length: 10 }, () => 'x'),
  );
  assert.equal(usage.total('sqs.request', 'deliveries queue'), 2);
  assert.equal(usage.total('sqs.fair', 'deliveries queue'), 2);
});

test('CPU time is billed by the share of a vCPU that the memory brings', () => {
  assert.equal(billedMs({ wallMs: 100, cpuMs: 0 }, 512), 100);
  assert.equal(billedMs({ wallMs: 110, cpuMs: 10 }, 1_769), 115);
  assert.ok(billedMs({ wallMs: 110, cpuMs: 10 }, 512) > 150);
});

test('item sizes agree with the units a table consumes', async () => {
  const dynamo = await startDynamo();
  try {
    for (const bytes of [900, 1_100, 3_000]) {
      const item = {
        pk: { S: 'p' },
        sk: { S: String(bytes) },
        n: { N: '12345' },
        text: { S: 'ä'.repeat(bytes / 2) },
      };
      const { ConsumedCapacity } = await dynamo.client.send(
        new PutItemCommand({ TableName: dynamo.tables.events, Item: item, ReturnConsumedCapacity: 'TOTAL' }),
      );
      assert.equal(ConsumedCapacity?.CapacityUnits, Math.ceil(itemBytes(item) / 1024));
    }
  } finally {
    await dynamo.close();
  }
});

test("others' prices follow from their price lists", () => {
  const usd = new Map(others(priceOf(readPrices())).map((other) => [other.name, other.usd]));
  const rounded = (name: string, fanOut: number) => Math.round((usd.get(name)?.(fanOut) ?? 0) * 100) / 100;
  assert.equal(rounded('EventBridge API destinations', 100), 21);
  assert.equal(rounded('SNS over HTTP', 10), 6.5);
  assert.equal(rounded('Svix Pro, each delivery counted', 1), 585);
});

test('the event that is measured has 1 KB of data, and is the same each time', () => {
  for (let i = 0; i < 20; i++) {
    const { data } = sampleEvent(i);
    const bytes = Buffer.byteLength(JSON.stringify(data));
    assert.ok(bytes > 1_000 && bytes <= 1_024, `event ${i} has ${bytes}`);
    assert.deepEqual(sampleEvent(i).data, data);
  }
});
