import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import { test } from 'node:test';
import { listen } from '../../../local/loopback.ts';
import { createEngine, type SqsQueue } from '../../../local/sqs/store.ts';
import { sendMessages } from '../send-messages.ts';
import { queueInto } from '../small-assembly.ts';
import { type SmallStack, startSmallStack } from '../small-stack.ts';
import { until } from '../until.ts';

const { createMessage } = await createEngine();

interface Bench extends SmallStack {
  readonly work: SqsQueue;
  readonly dead: SqsQueue;
  send(...bodies: readonly string[]): Promise<void>;
  /** Ends the visibility timeout of what is in flight, so that it is no matter of how fast this machine is. */
  expire(): void;
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
  const send = (...bodies: readonly string[]): Promise<void> =>
    sendMessages(
      work.url,
      stack.stack.credentials,
      bodies.map((MessageBody) => ({ MessageBody })),
    );
  try {
    const expire = (): void => {
      for (const entry of work.inflightMessages.values()) entry.visibilityDeadline = Date.now();
    };
    await check({ ...stack, work, dead: named('DeadQueue'), send, expire });
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
    { visibilitySeconds: 600 },
    async ({ send, lines, work, expire }) => {
      const began = Date.now();
      await send('good', 'bad');
      await until('the good one is gone', () => lines.length === 2 && work.inflightMessages.size === 1);
      const [waiting] = work.inflightMessages.values();
      assert.equal(waiting?.message.body, 'bad');
      assert.ok(waiting.visibilityDeadline - began >= 600_000, 'not before the timeout');
      expire();
      await until('the bad one came again', () => lines.length === 3);
      assert.deepEqual(lines, ['Worker good 1', 'Worker bad 1', 'Worker bad 2']);
      await until('the queue is empty', () => work.messages.length + work.inflightMessages.size === 0);
    },
  ));

test('an error brings the whole batch back, and what keeps failing ends in the dead-letter queue', () =>
  withWorker(
    `${LOG} throw new Error('down');`,
    { visibilitySeconds: 600, maxReceives: 2 },
    async ({ send, lines, dead, failures, expire }) => {
      await send('a', 'b');
      for (const times of [1, 2]) {
        await until(`it failed: ${times}`, () => lines.length === 2 * times && failures.length === times);
        expire();
      }
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
    async ({ lines, work }) => {
      // All within one moment: by calls, the second ten may come after the window.
      for (let i = 0; i < 20; i++) work.enqueue(createMessage(String(i), {}, undefined, undefined));
      await until('all were worked on', () => lines.length === 2);
      assert.deepEqual(lines, ['Worker 15', 'Worker 5']);
    },
  ));

test('hanging runs do not hold up the queue until the maximum concurrency is reached', () =>
  withWorker(
    "console.log('began'); await fetch(event.Records[0].body);",
    { mapping: { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 3 } } },
    async ({ send, lines, work }) => {
      // Answers nobody until it is told to.
      const held: ServerResponse[] = [];
      const gate = createServer((_, response) => held.push(response)).unref();
      const url = `http://127.0.0.1:${await listen(gate, 0)}/`;
      await send(url, url, url, url, url);
      await until('three run at once', () => held.length === 3);
      await until('each said so', () => lines.length === 3);
      assert.equal(work.messages.length, 2, 'the others wait in the queue, where they are not timed');
      for (const response of held.splice(0)) response.end();
      await until('the others run', () => held.length === 2);
      for (const response of held) response.end();
      await until('the queue is empty', () => work.messages.length + work.inflightMessages.size === 0);
      await until('five ran', () => lines.length === 5);
      gate.closeAllConnections();
      gate.close();
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
