import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { SendMessageBatchCommandInput, SendMessageBatchCommandOutput } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { SqsQueue } from '../../adapters/sqs-queue.ts';
import { QueueSendError } from '../../core/queue.ts';
import { messageQueueContract } from '../contracts/message-queue.contract.ts';
import { interpose } from '../support/interpose.ts';
import { type SqsStandIn, startSqs } from '../support/sqs.ts';

let sqs: SqsStandIn;
before(async () => {
  sqs = await startSqs();
});
after(() => sqs.close());

let queues = 0;
const noPause = async (): Promise<void> => undefined;

async function newQueue() {
  const name = `queue-${queues++}`;
  return { name, queue: new SqsQueue(sqs.client, await sqs.queue(name), noPause) };
}

messageQueueContract('SQS', async () => {
  const { name, queue } = await newQueue();
  return { queue, onQueue: async () => sqs.bodies(name) };
});

type Input = SendMessageBatchCommandInput;
type Output = SendMessageBatchCommandOutput;

test('no call holds over 10 entries or 1 MiB, and no message is sent twice', async () => {
  const size = fc.oneof(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: 1_048_576 }));
  await fc.assert(
    fc.asyncProperty(fc.array(size, { maxLength: 40 }), async (sizes) => {
      const bodies = sizes.map((length, i) => String.fromCharCode(97 + (i % 26)).repeat(length));
      const seen: (string | undefined)[] = [];
      const restore = interpose<Input, Output>(sqs.client, async ({ input }) => {
        const entries = input.Entries ?? [];
        const bytes = entries.reduce((sum, entry) => sum + (entry.MessageBody ?? '').length, 0);
        assert.ok(entries.length <= 10 && bytes <= 1_048_576, `${entries.length} entries, ${bytes} bytes`);
        seen.push(...entries.map((entry) => entry.MessageBody));
        return { Successful: entries.map(({ Id }) => ({ Id, MessageId: '', MD5OfMessageBody: '' })) };
      });
      try {
        await new SqsQueue(sqs.client, 'http://127.0.0.1:9/none').send(bodies.map((body) => ({ body })));
      } finally {
        restore();
      }
      assert.deepEqual(seen.sort(), [...bodies].sort());
    }),
    { numRuns: 50 },
  );
});

test('C019: only the entry that failed is sent again', async () => {
  const { name, queue } = await newQueue();
  const calls: (string | undefined)[][] = [];
  const restore = interpose<Input, Output>(sqs.client, async (call) => {
    const entries = call.input.Entries ?? [];
    calls.push(entries.map((entry) => entry.MessageBody));
    if (calls.length > 1) return call.pass();
    const { Successful } = await call.pass({
      ...call.input,
      Entries: entries.filter((entry) => entry.Id !== '2'),
    });
    return { Successful, Failed: [{ Id: '2', SenderFault: false, Code: 'InternalError' }] };
  });
  try {
    await queue.send(['a', 'b', 'c', 'd', 'e'].map((body) => ({ body })));
  } finally {
    restore();
  }
  assert.deepEqual(calls, [['a', 'b', 'c', 'd', 'e'], ['c']]);
  assert.deepEqual([...sqs.bodies(name)].sort(), ['a', 'b', 'c', 'd', 'e']);
});

test('C019: an entry that keeps failing is raised by position after five tries', async () => {
  const { name, queue } = await newQueue();
  let calls = 0;
  const restore = interpose<Input, Output>(sqs.client, async (call) => {
    calls++;
    const entries = call.input.Entries ?? [];
    const rest = entries.filter((entry) => entry.MessageBody !== 'stuck');
    const done = rest.length > 0 ? await call.pass({ ...call.input, Entries: rest }) : { Successful: [] };
    return { Successful: done.Successful, Failed: [{ Id: '1', SenderFault: false, Code: 'InternalError' }] };
  });
  try {
    await assert.rejects(
      queue.send([{ body: 'a' }, { body: 'stuck' }, { body: 'b' }]),
      (error) => error instanceof QueueSendError && error.failed.join() === '1',
    );
  } finally {
    restore();
  }
  assert.equal(calls, 5);
  assert.deepEqual([...sqs.bodies(name)].sort(), ['a', 'b']);
});

test('an entry the answer does not mention counts as not accepted', async () => {
  const { queue } = await newQueue();
  const restore = interpose<Input, Output>(sqs.client, async () => ({ Successful: [] }));
  try {
    await assert.rejects(queue.send([{ body: 'a' }]), QueueSendError);
  } finally {
    restore();
  }
});

test('a call that fails outright raises its own messages, with the cause, and no others', async () => {
  const { name, queue } = await newQueue();
  const restore = interpose<Input, Output>(sqs.client, async (call) => {
    if (call.input.Entries?.some((entry) => entry.MessageBody === '3')) throw new Error('connection lost');
    return call.pass();
  });
  try {
    const bodies = Array.from({ length: 25 }, (_, i) => ({ body: String(i) }));
    await assert.rejects(queue.send(bodies), (error) => {
      assert.ok(error instanceof QueueSendError && error.cause instanceof Error);
      assert.deepEqual(error.failed, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      return true;
    });
  } finally {
    restore();
  }
  assert.equal(sqs.bodies(name).length, 15);
});

test('delay and fair-queue group reach SQS', async () => {
  const { queue } = await newQueue();
  const seen: unknown[] = [];
  const restore = interpose<Input, Output>(sqs.client, async (call) => {
    seen.push(...(call.input.Entries ?? []));
    return call.pass();
  });
  try {
    await queue.send([{ body: 'a', delaySeconds: 30, group: 'acme' }, { body: 'b' }]);
  } finally {
    restore();
  }
  assert.deepEqual(seen, [
    { Id: '0', MessageBody: 'a', DelaySeconds: 30, MessageGroupId: 'acme' },
    { Id: '1', MessageBody: 'b' },
  ]);
});
