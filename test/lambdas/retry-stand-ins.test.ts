import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ReceiveMessageCommand, type SendMessageBatchCommandInput } from '@aws-sdk/client-sqs';
import { DynamoDeadLetters } from '../../adapters/dynamo-dead-letters.ts';
import { DynamoDeliveryLog } from '../../adapters/dynamo-delivery-log.ts';
import { DynamoEventReads } from '../../adapters/dynamo-event-reads.ts';
import { DynamoEventRecords } from '../../adapters/dynamo-event-records.ts';
import { DynamoParkingLot } from '../../adapters/dynamo-parking-lot.ts';
import { SqsQueue } from '../../adapters/sqs-queue.ts';
import { decodeDeadLetterMessage, decodeDeliveryMessage } from '../../core/message.ts';
import { createRetry } from '../../lambdas/retry.ts';
import { FakeClock } from '../support/clock.ts';
import { deliveryMessage, eventEnvelope } from '../support/delivery-messages.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';
import { FakeLog } from '../support/fake-log.ts';
import { FakeMeter } from '../support/fake-meter.ts';
import { lambdaContext } from '../support/http-event.ts';
import { interpose } from '../support/interpose.ts';
import { type SqsStandIn, startSqs } from '../support/sqs.ts';

let dynamo: DynamoStandIn;
let sqs: SqsStandIn;
before(async () => {
  [dynamo, sqs] = await Promise.all([startDynamo(), startSqs()]);
});
after(() => Promise.all([dynamo.close(), sqs.close()]));

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

test('130 parked deliveries of one minute go out with their data; later ones wait; an expired event ends visibly', async () => {
  const clock = new FakeClock();
  const now = clock.now();
  const { client, tables } = dynamo;
  const [deliveriesUrl, lettersUrl] = [await sqs.queue('deliveries'), await sqs.queue('dead-letters')];
  const records = new DynamoEventRecords(client, tables.events, clock);
  const lot = new DynamoParkingLot(client, tables.deliveries);
  const deadLetters = new DynamoDeadLetters(client, tables.deliveries, clock);
  const handler = createRetry({
    due: lot,
    events: new DynamoEventReads(client, tables.events, clock),
    deliveries: new SqsQueue(sqs.client, deliveriesUrl),
    deliveryLog: new DynamoDeliveryLog(client, tables.deliveries, { clock }),
    deadLetters,
    deadLetterQueue: new SqsQueue(sqs.client, lettersUrl),
    clock,
    log: new FakeLog(),
    meter: new FakeMeter(),
  });
  const delays: number[] = [];
  const stop = interpose<SendMessageBatchCommandInput, object>(sqs.client, async (call) => {
    for (const entry of call.input.Entries ?? []) delays.push(entry.DelaySeconds ?? 0);
    return call.pass();
  });
  const data = `{ "n":9007199254740993, "text":"${'x'.repeat(20_000)}" }`;
  const event = eventEnvelope({ acceptedAt: now });
  await records.own({ ...event, data, requestId: 'r', matched: 131, shards: 2 });
  for (let i = 0; i < 131; i++) {
    const dueAt = i < 130 ? now - 500 : now + 3_600_000;
    await lot.park({ message: deliveryMessage({ event, shards: 2, targets: [`sub_${i}`] }), dueAt }, 0);
  }
  const expired = deliveryMessage({ event: eventEnvelope({ id: 'expired' }) });
  await lot.park({ message: expired, dueAt: now }, 0);

  await handler({}, lambdaContext(50_000));
  await handler({}, lambdaContext(50_000));
  stop();
  const sent = (await receiveAll(deliveriesUrl)).map(decodeDeliveryMessage);
  assert.equal(new Set(sent.map(({ header }) => header.targets[0])).size, 130);
  assert.equal(sent.length, 130, 'a second sweep finds nothing');
  assert.ok(sent.every((message) => message.data === data));
  assert.ok(delays.every((delay) => delay === 0));
  const [letter, ...letters] = (await receiveAll(lettersUrl)).map(decodeDeadLetterMessage);
  assert.deepEqual([letter?.header.event.id, letter?.data, letters], ['expired', '', []]);
  assert.equal((await Array.fromAsync(deadLetters.entries('acme', null))).flat().length, 1);

  clock.advance(3_600_000);
  await handler({}, lambdaContext(50_000));
  const later = (await receiveAll(deliveriesUrl)).map(decodeDeliveryMessage);
  assert.deepEqual(
    later.map(({ header }) => header.targets),
    [['sub_130']],
  );
});
