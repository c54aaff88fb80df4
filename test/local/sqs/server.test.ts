import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { SQS } from '../../../contract/limits.ts';
import { newCredentials } from '../../../local/credentials.ts';
import { type QueueServer, startQueueServer } from '../../../local/sqs/server.ts';
import type { SqsQueue } from '../../../local/sqs/store.ts';

interface Bench {
  readonly server: QueueServer;
  readonly client: SQSClient;
  readonly queue: SqsQueue;
  readonly QueueUrl: string;
}

async function withQueue(work: (bench: Bench) => Promise<void>, file: string | null = null): Promise<void> {
  const credentials = newCredentials();
  const server = await startQueueServer(file, credentials);
  const client = new SQSClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials,
    useQueueUrlAsEndpoint: false,
    maxAttempts: 1,
  });
  const queue = server.create('work', {});
  try {
    await work({ server, client, queue, QueueUrl: server.queueUrl('work') });
  } finally {
    client.destroy();
    await server.close();
  }
}

function send({ client, QueueUrl }: Bench, message: object = {}) {
  return client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi', ...message }));
}

function sendBatch({ client, QueueUrl }: Bench, entries: readonly object[]) {
  const Entries = entries.map((entry, i) => ({ Id: String(i), MessageBody: 'hi', ...entry }));
  return client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
}

function receive({ client, QueueUrl }: Bench) {
  return client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] }),
  );
}

const REFUSED: readonly (readonly [what: string, message: object, error: string])[] = [
  ['a delay over 900 s', { DelaySeconds: SQS.maxDelaySeconds + 1 }, 'InvalidParameterValue'],
  ['a negative delay', { DelaySeconds: -1 }, 'InvalidParameterValue'],
  ['a control character', { MessageBody: 'a\u0007' }, 'InvalidMessageContents'],
  ['U+FFFE', { MessageBody: 'a\ufffe' }, 'InvalidMessageContents'],
  ['half of a surrogate pair', { MessageBody: 'a\ud800' }, 'InvalidMessageContents'],
  ['an empty body', { MessageBody: '' }, 'MissingParameter'],
  ['more than 1 MiB', { MessageBody: 'x'.repeat(SQS.maxBatchBytes + 1) }, 'InvalidParameterValue'],
  ['a group id with a space', { MessageGroupId: 'a b' }, 'InvalidParameterValue'],
];

test('what SQS refuses is refused by name', () =>
  withQueue(async (bench) => {
    for (const [what, message, name] of REFUSED) await assert.rejects(send(bench, message), { name }, what);
    assert.equal(bench.queue.messages.length + bench.queue.delayedMessages.length, 0);
  }));

test('what SQS takes is taken: 900 s, 1 MiB, emoji, tabs and line ends', () =>
  withQueue(async (bench) => {
    await send(bench, { DelaySeconds: SQS.maxDelaySeconds });
    await send(bench, { MessageBody: 'x'.repeat(SQS.maxBatchBytes) });
    await send(bench, { MessageBody: '\u{1F600}\t\r\n\ufffd', MessageGroupId: 'acme:eu-1' });
    assert.equal(bench.queue.delayedMessages.length, 1);
    const { Messages: [, last] = [] } = await receive(bench);
    assert.equal(last?.Body, '\u{1F600}\t\r\n\ufffd');
    assert.equal(last?.Attributes?.MessageGroupId, 'acme:eu-1');
  }));

test('one bad entry of a batch fails alone', () =>
  withQueue(async (bench) => {
    const { Successful = [], Failed = [] } = await sendBatch(bench, [
      {},
      { DelaySeconds: 901 },
      { MessageBody: '\u0001' },
    ]);
    assert.deepEqual(
      Successful.map((entry) => entry.Id),
      ['0'],
    );
    assert.deepEqual(
      Failed.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault]),
      [
        ['1', 'InvalidParameterValue', true],
        ['2', 'InvalidMessageContents', true],
      ],
    );
    assert.equal(bench.queue.messages.length, 1);
  }));

test('a batch of no entries, of eleven, of two with one id, or of more than 1 MiB is refused as a whole', () =>
  withQueue(async (bench) => {
    const half = { MessageBody: 'x'.repeat(SQS.maxBatchBytes / 2 + 1) };
    await assert.rejects(sendBatch(bench, []), { name: 'EmptyBatchRequest' });
    await assert.rejects(sendBatch(bench, Array(11).fill({})), { name: 'TooManyEntriesInBatchRequest' });
    await assert.rejects(sendBatch(bench, [{ Id: 'a' }, { Id: 'a' }]), { name: 'BatchEntryIdsNotDistinct' });
    await assert.rejects(sendBatch(bench, [half, half]), { name: 'BatchRequestTooLong' });
    assert.equal(bench.queue.messages.length, 0);
  }));

test('a receipt handle that SQS never gave is refused, also as one entry of a batch', () =>
  withQueue(async (bench) => {
    const { client, QueueUrl } = bench;
    await send(bench);
    const { Messages: [message] = [] } = await receive(bench);
    const bogus = { QueueUrl, ReceiptHandle: 'bogus' };
    const refused = { name: 'ReceiptHandleIsInvalid' };
    await assert.rejects(client.send(new DeleteMessageCommand(bogus)), refused);
    await assert.rejects(
      client.send(new ChangeMessageVisibilityCommand({ ...bogus, VisibilityTimeout: 0 })),
      refused,
    );
    const { Successful, Failed } = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'good', ReceiptHandle: message?.ReceiptHandle },
          { Id: 'bad', ReceiptHandle: 'bogus' },
        ],
      }),
    );
    assert.deepEqual(
      [Successful?.[0]?.Id, Failed?.[0]?.Id, Failed?.[0]?.Code],
      ['good', 'bad', 'ReceiptHandleIsInvalid'],
    );
    assert.equal(bench.queue.inflightMessages.size, 0);
  }));

test('faults strike once, where they are told to', () =>
  withQueue(async (bench) => {
    const { faults } = bench.server;
    faults.add({ kind: 'throttle', operation: 'SendMessage', on: 'other' });
    await send(bench);
    faults.add({ kind: 'throttle', operation: 'SendMessage', on: 'work' });
    await assert.rejects(send(bench), { name: 'RequestThrottled' });
    faults.add({ kind: 'lost-answer', operation: 'SendMessage' });
    await assert.rejects(send(bench), { name: 'InternalFailure' });
    assert.equal(bench.queue.messages.length, 2, 'the answer got lost, the message did not');
    faults.add({ kind: 'partial', operation: 'SendMessageBatch', entries: [1] });
    const { Failed } = await sendBatch(bench, [{}, {}]);
    assert.deepEqual([Failed?.[0]?.Id, Failed?.[0]?.SenderFault], ['1', false]);
    await send(bench);
  }));

test('a queue may be made to give a message twice, or out of order', () =>
  withQueue(async (bench) => {
    for (const MessageBody of ['a', 'b', 'c']) await send(bench, { MessageBody });
    bench.server.faults.add({ kind: 'reorder' });
    bench.server.faults.add({ kind: 'duplicate' });
    const { Messages = [] } = await receive(bench);
    assert.deepEqual(
      Messages.map((message) => message.Body),
      ['a', 'c', 'b', 'a'],
    );
    assert.equal(new Set(Messages.map((message) => message.ReceiptHandle)).size, 4);
  }));

test('kept messages come back, those in flight at once and with their receive count', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fanfare-queues-'));
  const file = join(folder, 'queues.db');
  try {
    await withQueue(async (bench) => {
      for (const MessageBody of ['deleted', 'in flight', 'waiting']) await send(bench, { MessageBody });
      await send(bench, { MessageBody: 'delayed', DelaySeconds: 600 });
      const [first] = bench.server.receive(bench.queue, 2);
      bench.queue.deleteMessage(first?.receiptHandle ?? '');
    }, file);
    await withQueue(async ({ server, queue }) => {
      const back = server
        .receive(queue, 10)
        .map(({ message }) => [message.body, message.approximateReceiveCount]);
      assert.deepEqual(back, [
        ['in flight', 2],
        ['waiting', 1],
      ]);
      assert.deepEqual(
        queue.delayedMessages.map((message) => message.body),
        ['delayed'],
      );
    }, file);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
