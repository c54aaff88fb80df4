import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type DeleteMessageBatchCommandInput,
  type DeleteMessageBatchCommandOutput,
  type ReceiveMessageCommandInput,
  type ReceiveMessageCommandOutput,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { SqsDeadLetters } from '../../adapters/sqs-dead-letters.ts';
import { deadLetterQueueContract } from '../contracts/dead-letter-queue.contract.ts';
import { FakeClock } from '../support/clock.ts';
import { FakeDeadLetterQueue } from '../support/fake-dead-letter-queue.ts';
import { interpose } from '../support/interpose.ts';
import { type SqsStandIn, startSqs } from '../support/sqs.ts';

let sqs: SqsStandIn;
let count = 0;
before(async () => {
  sqs = await startSqs();
});
after(() => sqs.close());

async function open() {
  const url = await sqs.queue(`dead-letters-${count++}`);
  const put = async (body: string): Promise<void> => {
    await sqs.client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
  };
  return { queue: new SqsDeadLetters(sqs.client, url, async () => undefined), put };
}

deadLetterQueueContract('FakeDeadLetterQueue', async () => {
  const queue = new FakeDeadLetterQueue(new FakeClock());
  return { queue, put: async (body) => queue.put(body) };
});
deadLetterQueueContract('SqsDeadLetters', open);

test('a letter comes back by itself when its hold is over', async () => {
  const { queue, put } = await open();
  await put('letter');
  const [first] = await queue.receive(1);
  assert.ok(first);
  let again: readonly unknown[] = [];
  while (again.length === 0) again = await queue.receive(600);
  assert.equal(again.length, 1);
});

test('letters are asked for with a long poll, so that an empty answer means something', async () => {
  const { queue } = await open();
  const asked: ReceiveMessageCommandInput[] = [];
  const stop = interpose<ReceiveMessageCommandInput, ReceiveMessageCommandOutput>(
    sqs.client,
    async (call) => {
      asked.push(call.input);
      return {};
    },
  );
  assert.deepEqual(await queue.receive(600), []);
  stop();
  assert.deepEqual([asked[0]?.WaitTimeSeconds, asked[0]?.VisibilityTimeout], [1, 600]);
});

test('what a batch call reports as failed is asked for again, and raised in the end', async () => {
  const { queue, put } = await open();
  for (let i = 0; i < 3; i++) await put(`letter ${i}`);
  const receipts = (await queue.receive(600)).map(({ receipt }) => receipt);
  let calls = 0;
  let stubborn = 2;
  const stop = interpose<DeleteMessageBatchCommandInput, DeleteMessageBatchCommandOutput>(
    sqs.client,
    async (call) => {
      calls++;
      const [first, ...others] = call.input.Entries ?? [];
      if (stubborn-- <= 0 || !first) return call.pass();
      if (others.length > 0) await call.pass({ ...call.input, Entries: others });
      return { Failed: [{ Id: first.Id, SenderFault: false, Code: 'InternalError' }] };
    },
  );
  await queue.delete(receipts);
  assert.equal(calls, 3);
  await put('letter');
  const left = (await queue.receive(600)).map(({ receipt }) => receipt);
  assert.equal(left.length, 1, 'the others are gone');
  stubborn = Number.POSITIVE_INFINITY;
  await assert.rejects(queue.delete(left), /could not be changed/);
  stop();
});
