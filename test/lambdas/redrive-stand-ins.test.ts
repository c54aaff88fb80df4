import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { DynamoDeadLetters } from '../../adapters/dynamo-dead-letters.ts';
import { DynamoDeliveryLog } from '../../adapters/dynamo-delivery-log.ts';
import { DynamoEventReads } from '../../adapters/dynamo-event-reads.ts';
import { DynamoSubscriptionDirectory } from '../../adapters/dynamo-subscription-directory.ts';
import { DynamoSubscriptions } from '../../adapters/dynamo-subscriptions.ts';
import { DynamoTasks } from '../../adapters/dynamo-tasks.ts';
import { SqsDeadLetters } from '../../adapters/sqs-dead-letters.ts';
import { SqsQueue } from '../../adapters/sqs-queue.ts';
import type { DeadLetterMessage } from '../../contract/messages.ts';
import { foldDelivery } from '../../core/delivery-fold.ts';
import { deliveryId } from '../../core/id.ts';
import { decodeDeadLetterMessage, decodeDeliveryMessage, encodeMessage } from '../../core/message.ts';
import { OperationalEvents } from '../../core/operational-events.ts';
import type { RedriveRequest, Task } from '../../core/task.ts';
import { createRedrive } from '../../lambdas/redrive.ts';
import { FakeClock, untimed } from '../support/clock.ts';
import { deadLetter, eventEnvelope } from '../support/delivery-messages.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';
import { FakeLog } from '../support/fake-log.ts';
import { FakeMeter } from '../support/fake-meter.ts';
import { FakeQueue } from '../support/fake-queue.ts';
import { FakeSealer } from '../support/fake-sealer.ts';
import { sqsRecord } from '../support/fan-out-bench.ts';
import { lambdaContext } from '../support/http-event.ts';
import { redriveTask } from '../support/redrive-task.ts';
import { type SqsStandIn, startSqs } from '../support/sqs.ts';
import { subscription } from '../support/subscription.ts';

let dynamo: DynamoStandIn;
let sqs: SqsStandIn;
before(async () => {
  [dynamo, sqs] = await Promise.all([startDynamo(), startSqs()]);
});
after(() => Promise.all([dynamo.close(), sqs.close()]));

let count = 0;

/** The real handler over the real adapters; each bench has a tenant and queues of its own. */
async function bench() {
  const tenant = `tenant-${count++}`;
  const [lettersUrl, deliveriesUrl] = await Promise.all([
    sqs.queue(`dead-letters-${count}`),
    sqs.queue(`deliveries-${count}`),
  ]);
  const { client, tables } = dynamo;
  const clock = new FakeClock(deadLetter().dead.at + 60_000);
  const tasks = new DynamoTasks(client, tables.deliveries);
  const index = new DynamoDeadLetters(client, tables.deliveries, clock);
  const deliveryLog = new DynamoDeliveryLog(client, tables.deliveries, { clock });
  const deadLetters = new SqsQueue(sqs.client, lettersUrl);
  const subscriptions = new DynamoSubscriptions(client, tables.subscriptions, new FakeSealer());
  const taskQueue = new FakeQueue();
  const handler = createRedrive({
    tasks,
    letters: new SqsDeadLetters(sqs.client, lettersUrl),
    index,
    events: new DynamoEventReads(client, tables.events, clock),
    subscriptions: new DynamoSubscriptionDirectory(client, tables.subscriptions),
    deliveryLog,
    deliveries: new SqsQueue(sqs.client, deliveriesUrl),
    taskQueue,
    operational: new OperationalEvents({ queue: new FakeQueue(), clock, log: new FakeLog() }),
    clock,
    after: untimed,
    log: new FakeLog(),
    meter: new FakeMeter(),
  });
  for (const id of ['sub_1', 'sub_2']) await subscriptions.create(subscription({ tenant, id }));
  return {
    tenant,
    clock,
    deliveryLog,
    letterOf(event: string, fields: Partial<DeadLetterMessage> = {}): DeadLetterMessage {
      return deadLetter({ event: eventEnvelope({ tenant, id: event }), ...fields });
    },
    async die(letters: readonly DeadLetterMessage[]): Promise<void> {
      for (const letter of letters) {
        await index.record(letter, deliveryId(letter.event, letter.targets[0] ?? ''));
      }
      await deadLetters.send(
        letters.map((letter) => ({ body: encodeMessage(letter, dataOf(letter.event.id)) })),
      );
    },
    async redrive(request: Partial<RedriveRequest>): Promise<Task | null> {
      const id = `tsk_${count++}`;
      await tasks.create(
        redriveTask({ tenant, ratePerSecond: 1000, ...request }, { id, createdAt: clock.now() }),
      );
      const body = encodeMessage({ v: 1, task: id }, '');
      const answer = await handler({ Records: [sqsRecord(body, id)] }, lambdaContext(60_000));
      assert.deepEqual([answer, taskQueue.sent], [{ batchItemFailures: [] }, []]);
      return tasks.get(id);
    },
    dead: async () => (await Array.fromAsync(index.entries(tenant, null))).flat(),
    onLetters: () => receiveAll(lettersUrl),
    onDeliveries: () => receiveAll(deliveriesUrl),
  };
}

const dataOf = (event: string): string => `{ "event":"${event}", "n":9007199254740993 }`;
const many = (prefix: string, length: number) => Array.from({ length }, (_, i) => `${prefix}_${i}`);

/** Everything that can be received from a queue now. */
async function receiveAll(QueueUrl: string): Promise<readonly string[]> {
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.client.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
    );
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body = '' }) => Body));
  }
}

test('300 letters of one subscription leave the queue and are sent; those of the other can still be received', async () => {
  const b = await bench();
  const mine = many('mine', 300).map((id) => b.letterOf(id));
  const others = many('other', 40).map((id) => b.letterOf(id, { targets: ['sub_2'] }));
  await b.die([...mine.slice(0, 150), ...others, ...mine.slice(150)]);
  const dry = await b.redrive({ subscription: 'sub_1', dryRun: true });
  assert.deepEqual([dry?.status, dry?.matched, dry?.sent], ['done', 300, 0]);
  assert.deepEqual(await b.onDeliveries(), []);

  const task = await b.redrive({ subscription: 'sub_1' });
  assert.deepEqual([task?.status, task?.matched, task?.sent, task?.dropped], ['done', 300, 300, 0]);
  const sent = (await b.onDeliveries()).map(decodeDeliveryMessage);
  assert.deepEqual(sent.map(({ header }) => header.event.id).toSorted(), many('mine', 300).toSorted());
  for (const { header, data } of sent) {
    assert.deepEqual([header.attempt, header.step, header.run], [11, 0, task?.id]);
    assert.equal(data, dataOf(header.event.id));
  }
  assert.equal((await b.dead()).length, 40);
  assert.equal((await b.redrive({ subscription: 'sub_1' }))?.matched, 0, 'a second one finds none');
  assert.deepEqual(await b.onDeliveries(), []);
  const left = (await b.onLetters()).map((body) => decodeDeadLetterMessage(body).header.event.id);
  assert.deepEqual(left.toSorted(), many('other', 40).toSorted());
});

test('copies of letters are sent once, and those without a subscription are dropped as cancelled', async () => {
  const b = await bench();
  const twice = b.letterOf('twice');
  const gone = b.letterOf('gone', { targets: ['sub_gone'] });
  await b.die([twice, twice, gone]);
  const task = await b.redrive({});
  assert.deepEqual([task?.status, task?.matched, task?.sent, task?.dropped], ['done', 2, 1, 1]);
  assert.equal((await b.onDeliveries()).length, 1);
  assert.deepEqual([await b.dead(), await b.onLetters()], [[], []]);
  const key = { tenant: b.tenant, shards: 1 };
  const rowsOf = (letter: DeadLetterMessage) =>
    b.deliveryLog.rowsOf({
      ...key,
      event: letter.event.id,
      delivery: deliveryId(letter.event, letter.targets[0] ?? ''),
    });
  assert.equal(foldDelivery(await rowsOf(gone)).status, 'cancelled');
  assert.equal(foldDelivery(await rowsOf(twice)).status, 'retrying');
});
