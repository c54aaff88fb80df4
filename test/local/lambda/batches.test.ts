import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { EventSourceMapping } from '../../../local/lambda/event-source-mapping.ts';
import type { Slot } from '../../../local/lambda/pool.ts';
import { createEngine, type SqsQueue } from '../../../local/sqs/store.ts';

const { createMessage, stores } = await createEngine();
let queues = 0;

/** A mapping in virtual time, before a function that always has an environment and answers when it is told to. */
async function withMapping(
  work: (bench: {
    /** Bodies of each batch so far. */
    readonly batches: readonly (readonly string[])[];
    send(...bodies: readonly string[]): Promise<void>;
    /** Lets time pass, millisecond by millisecond. */
    pass(ms: number): Promise<void>;
    /** Ends all invocations under way. */
    answer(): Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  const name = `queue-${queues++}`;
  const queue: SqsQueue = stores.sqsStore.createQueue(name, `http://127.0.0.1/0/${name}`, `arn:${name}`, {});
  const batches: string[][] = [];
  const hanging: (() => void)[] = [];
  const slot: Slot = {
    invoke: (payload) => {
      const { Records } = JSON.parse(payload) as { Records: { body: string }[] };
      batches.push(Records.map(({ body }) => body));
      return new Promise((resolve) => hanging.push(() => resolve({ ok: true, payload: 'null' })));
    },
    release: () => {},
  };
  const receive = (max: number) =>
    queue.dequeue(max).flatMap(({ ReceiptHandle }) => {
      const entry = queue.inflightMessages.get(ReceiptHandle);
      return entry ? [{ receiptHandle: ReceiptHandle, message: entry.message }] : [];
    });
  const mapping = new EventSourceMapping(
    {
      queueArn: queue.arn,
      functionArn: 'f',
      batchSize: 3,
      windowMs: 0,
      maxConcurrency: 9,
      reportsFailures: true,
    },
    queue,
    receive,
    { acquire: async () => slot },
    { concurrency: 9, lane: { leaves: 0, held: 0 } },
  );
  mapping.start();
  const answer = async (): Promise<void> => {
    for (const end of hanging.splice(0)) end();
    await settled();
  };
  try {
    await work({
      batches,
      send: async (...bodies) => {
        for (const body of bodies) queue.enqueue(createMessage(body, {}, undefined, undefined));
        await settled();
      },
      pass: async (ms) => {
        for (let i = 0; i < ms; i++) {
          mock.timers.tick(1);
          await settled();
        }
      },
      answer,
    });
  } finally {
    const stopped = mapping.stop();
    await answer();
    await stopped;
    mock.timers.reset();
  }
}

/** All that follows without time passing has happened. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('a message that comes alone is taken at once', () =>
  withMapping(async ({ send, batches }) => {
    await send('a');
    assert.deepEqual(batches, [['a']]);
  }));

test('what comes within 40 ms after a batch is taken together', () =>
  withMapping(async ({ send, pass, answer, batches }) => {
    await send('a');
    await answer();
    await pass(10);
    await send('b');
    await pass(20);
    await send('c');
    assert.deepEqual(batches, [['a']]);
    await pass(10);
    assert.deepEqual(batches, [['a'], ['b', 'c']]);
  }));

test('a full batch waits for nobody', () =>
  withMapping(async ({ send, batches }) => {
    await send('a');
    await send('b');
    await send('c');
    await send('d');
    assert.deepEqual(batches, [['a'], ['b', 'c', 'd']]);
    await send('e');
    assert.deepEqual(batches.slice(2), [['e']], 'nor what comes after it');
  }));

test('batches that hang make the next one wait for 40 ms and no longer', () =>
  withMapping(async ({ send, pass, batches }) => {
    await send('first');
    for (let i = 0; i < 5; i++) {
      const before = batches.length;
      await send(`hangs ${i}`);
      await pass(39);
      assert.equal(batches.length, before);
      await pass(1);
      assert.equal(batches.length, before + 1);
    }
  }));
