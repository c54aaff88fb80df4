import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SqsQueue } from '../../../local/sqs/store.ts';
import { queueInto } from '../small-assembly.ts';
import { type SmallStack, startSmallStack } from '../small-stack.ts';
import { until } from '../until.ts';

interface Bench extends SmallStack {
  readonly work: SqsQueue;
  readonly dead: SqsQueue;
  send(...bodies: readonly string[]): Promise<void>;
}

async function withWorker(
  code: string,
  options: Parameters<typeof queueInto>[1],
  check: (bench: Bench) => Promise<void>,
): Promise<void> {
  const stack = await startSmallStack({
    functions: { Worker: { code: `export const handler = async (event) => { ${code} };` } },
    resources: queueInto('Worker', options),
  });
  const named = (name: string): SqsQueue => {
    const queue = [...stack.stack.queues.values()].find((each) => each.name === name);
    assert.ok(queue);
    return queue;
  };
  const work = named('WorkQueue');
  const send = async (...bodies: readonly string[]): Promise<void> => {
    const Entries = bodies.map((MessageBody, i) => ({ Id: String(i), MessageBody }));
    const answer = await fetch(new URL('/', work.url), {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessageBatch' },
      body: JSON.stringify({ QueueUrl: work.url, Entries }),
    });
    assert.equal(answer.status, 200);
    await answer.arrayBuffer();
  };
  try {
    await check({ ...stack, work, dead: named('DeadQueue'), send });
  } finally {
    await stack.close();
  }
}

const LOG = 'for (const r of event.Records) console.log(r.body, r.attributes.ApproximateReceiveCount);';

test('messages come as one event and are gone after a success', () =>
  withWorker(
    'console.log(JSON.stringify(event.Records.map((r) => r.body)));',
    {},
    async ({ send, lines, work }) => {
      await send('a', 'b', 'c');
      await until('a batch was worked on', () => lines.length > 0);
      assert.deepEqual(lines, ['Worker ["a","b","c"]']);
      await until('the queue is empty', () => work.messages.length + work.inflightMessages.size === 0);
    },
  ));

test('only a message that was named comes again, after the visibility timeout', () =>
  withWorker(
    `${LOG} return { batchItemFailures: event.Records.filter((r) => r.body === 'bad' && r.attributes.ApproximateReceiveCount === '1').map((r) => ({ itemIdentifier: r.messageId })) };`,
    { visibilitySeconds: 1 },
    async ({ send, lines, work }) => {
      const began = Date.now();
      await send('good', 'bad');
      await until('the bad one came again', () => lines.length === 3);
      assert.deepEqual(lines, ['Worker good 1', 'Worker bad 1', 'Worker bad 2']);
      assert.ok(Date.now() - began >= 1_000, 'not before the timeout');
      await until('the queue is empty', () => work.messages.length + work.inflightMessages.size === 0);
    },
  ));

test('an error brings the whole batch back, and what keeps failing ends in the dead-letter queue', () =>
  withWorker(
    `${LOG} throw new Error('down');`,
    { visibilitySeconds: 1, maxReceives: 2 },
    async ({ send, lines, dead, failures }) => {
      await send('a', 'b');
      await until('both are dead', () => dead.messages.length === 2);
      assert.deepEqual(lines, ['Worker a 1', 'Worker b 1', 'Worker a 2', 'Worker b 2']);
      assert.deepEqual(
        failures.map((failure) => failure.errorMessage),
        ['down', 'down'],
      );
      assert.deepEqual(
        dead.messages.map((message) => message.body),
        ['a', 'b'],
      );
    },
  ));

test('a batch waits for its window and holds no more than its size', () =>
  withWorker(
    'console.log(event.Records.length);',
    { mapping: { BatchSize: 15, MaximumBatchingWindowInSeconds: 1 } },
    async ({ send, lines }) => {
      const ten = Array.from({ length: 10 }, (_, i) => String(i));
      await send(...ten);
      await send(...ten);
      await until('all were worked on', () => lines.length === 2);
      assert.deepEqual(lines, ['Worker 15', 'Worker 5']);
    },
  ));

test('hanging runs do not hold up the queue until the maximum concurrency is reached', () =>
  withWorker(
    "console.log('began'); await new Promise((r) => setTimeout(r, 2_500));",
    { mapping: { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 3 } } },
    async ({ send, lines, work }) => {
      await send('a', 'b', 'c', 'd', 'e');
      await until('three run at once', () => lines.length === 3, 2_400);
      assert.equal(work.messages.length, 2, 'the others wait in the queue, where they are not timed');
      await until('all ran', () => lines.length === 5);
    },
  ));

test('an event stays below 6 MB however large the messages are', () =>
  withWorker(
    'console.log(event.Records.length, JSON.stringify(event).length < 6 * 1024 * 1024);',
    { mapping: { BatchSize: 10, MaximumBatchingWindowInSeconds: 1 } },
    async ({ send, lines }) => {
      for (let i = 0; i < 8; i++) await send('"'.repeat(1_000_000));
      await until('all were worked on', () => countOf(lines) === 8);
      assert.ok(lines.length > 1);
      assert.ok(lines.every((line) => line.endsWith('true')));
    },
  ));

function countOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
}
