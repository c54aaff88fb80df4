import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newCredentials } from '../../../local/credentials.ts';
import { favourQuietGroups, noteInFlight } from '../../../local/sqs/fairness.ts';
import { type QueueServer, startQueueServer } from '../../../local/sqs/server.ts';
import type { SqsQueue } from '../../../local/sqs/store.ts';
import { sendMessages } from '../send-messages.ts';

const credentials = newCredentials();

async function sendTo(server: QueueServer, group: string, bodies: readonly string[]): Promise<void> {
  for (let at = 0; at < bodies.length; at += 10) {
    const messages = bodies.slice(at, at + 10).map((body) => ({ MessageBody: body, MessageGroupId: group }));
    await sendMessages(server.queueUrl('work'), credentials, messages);
  }
}

async function withQueue(work: (server: QueueServer, queue: SqsQueue) => Promise<void>): Promise<void> {
  const server = await startQueueServer(null, credentials);
  try {
    await work(server, server.create('work', {}));
  } finally {
    await server.close();
  }
}

const numbered = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${name}-${i}`);

test('a quiet tenant goes before a neighbour that keeps workers busy', () =>
  withQueue(async (server, queue) => {
    await sendTo(server, 'busy', numbered('busy', 30));
    assert.equal(server.receive(queue, 10).length, 10);
    await sendTo(server, 'quiet', ['quiet-0', 'quiet-1']);
    const bodies = server.receive(queue, 10).map(({ message }) => message.body);
    assert.deepEqual(bodies, ['quiet-0', 'quiet-1', ...numbered('busy', 18).slice(10)]);
  }));

test('as long as nobody keeps workers busy, messages go in the order they came', () =>
  withQueue(async (server, queue) => {
    await sendTo(server, 'a', numbered('a', 20));
    await sendTo(server, 'b', ['b-0']);
    assert.deepEqual(
      server.receive(queue, 10).map(({ message }) => message.body),
      numbered('a', 10),
    );
  }));

test('a tenant whose few messages take long goes after one whose do not, as long as that is recent', () =>
  withQueue(async (server, queue) => {
    await sendTo(server, 'busy', numbered('busy', 30));
    const began = Date.now();
    for (let turn = 0; turn < 3; turn++) {
      for (const { receiptHandle } of server.receive(queue, 5)) queue.deleteMessage(receiptHandle);
      noteInFlight(queue, began + (turn + 1) * 2_000);
    }
    await sendTo(server, 'quiet', ['quiet-0']);
    favourQuietGroups(queue, began + 7_000);
    assert.equal(queue.messages[0]?.body, 'quiet-0');
    queue.messages.reverse();
    favourQuietGroups(queue, began + 300_000);
    assert.notEqual(queue.messages[0]?.body, 'quiet-0', 'what was long ago is forgotten');
  }));
