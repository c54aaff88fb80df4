import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ChangeMessageVisibilityCommand } from '@aws-sdk/client-sqs';
import { SqsInbox } from '../../adapters/sqs-inbox.ts';
import { SqsQueue } from '../../adapters/sqs-queue.ts';
import { type SqsStandIn, startSqs } from '../support/sqs.ts';

let sqs: SqsStandIn;
before(async () => {
  sqs = await startSqs();
});
after(() => sqs.close());

test('messages are received with how often they were, and are gone once they are removed', async () => {
  const url = await sqs.queue('inbox');
  await new SqsQueue(sqs.client, url).send(Array.from({ length: 3 }, (_, i) => ({ body: `m${i}` })));
  const inbox = new SqsInbox(sqs.client, url);
  const first = await inbox.receive(10, true);
  assert.deepEqual(first.map(({ body }) => body).sort(), ['m0', 'm1', 'm2']);
  assert.deepEqual(
    first.map(({ receiveCount }) => receiveCount),
    [1, 1, 1],
  );
  const [kept, ...done] = first.map(({ receipt }) => receipt ?? '');
  await inbox.delete(done);
  await inbox.delete(done);
  for (const ReceiptHandle of [kept, ...done]) {
    const show = new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 });
    await sqs.client
      .send(show)
      .catch((error: Error) => assert.match(error.name, /NotInflight|Receipt|Invalid/));
  }
  const again = await inbox.receive(10, false);
  assert.deepEqual(
    again.map(({ body, receiveCount }) => [body, receiveCount]),
    [[first[0]?.body, 2]],
  );
  assert.deepEqual(await inbox.receive(10, false), [], 'nothing is there, and nobody waited for it');
});
