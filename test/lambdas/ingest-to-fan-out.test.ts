import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DeleteMessageBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { DynamoDeliveryLog } from '../../adapters/dynamo-delivery-log.ts';
import { DynamoEventClaims } from '../../adapters/dynamo-event-claims.ts';
import { DynamoEventReads } from '../../adapters/dynamo-event-reads.ts';
import { DynamoEventRecords } from '../../adapters/dynamo-event-records.ts';
import { DynamoEventTypes } from '../../adapters/dynamo-event-types.ts';
import { SqsAcknowledgements } from '../../adapters/sqs-acknowledgements.ts';
import { SqsQueue } from '../../adapters/sqs-queue.ts';
import { systemClock, systemRandom } from '../../adapters/system.ts';
import { KnownTypes } from '../../core/event-types/known-types.ts';
import { SubscriptionLists } from '../../core/fan-out/subscription-lists.ts';
import { KeyLimits } from '../../core/key-limits.ts';
import { decodeDeliveryMessage } from '../../core/message.ts';
import { noMeter } from '../../core/meter.ts';
import { OperationalEvents } from '../../core/operational-events.ts';
import { createFanOut } from '../../lambdas/fan-out.ts';
import { createIngest } from '../../lambdas/ingest.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';
import { FakeLog } from '../support/fake-log.ts';
import { FakeQueue } from '../support/fake-queue.ts';
import { FakeSubscriptionDirectory } from '../support/fake-subscription-directory.ts';
import { sqsRecord } from '../support/fan-out-bench.ts';
import { httpEvent, lambdaContext } from '../support/http-event.ts';
import { type SqsStandIn, startSqs } from '../support/sqs.ts';

// Both real handlers, over the real adapters, on the stand-ins of SQS and DynamoDB.

let dynamo: DynamoStandIn;
let sqs: SqsStandIn;
before(async () => {
  [dynamo, sqs] = await Promise.all([startDynamo(), startSqs()]);
});
after(() => Promise.all([dynamo.close(), sqs.close()]));

let pipelines = 0;

async function pipeline() {
  const tenant = `tenant-${pipelines++}`;
  const events = await sqs.queue(`events-${tenant}`);
  const deliveries = await sqs.queue(`deliveries-${tenant}`);
  const table = dynamo.tables.events;
  const directory = new FakeSubscriptionDirectory();
  const log = new FakeLog();
  const shared = { clock: systemClock, log, meter: noMeter };
  const ingest = createIngest({
    ...shared,
    authenticator: () => ({
      authenticate: async () => ({ keyId: 'key_1', scopes: ['admin'], tenant, lineage: [], expiresAt: null }),
    }),
    claims: new DynamoEventClaims(dynamo.client, table, systemClock),
    queue: new SqsQueue(sqs.client, events),
    operational: new OperationalEvents({ ...shared, queue: new FakeQueue() }),
    types: new KnownTypes(new DynamoEventTypes(dynamo.client, dynamo.tables.subscriptions), systemClock, log),
    limits: new KeyLimits({ perSecond: 1_000, burst: 1_000 }, systemClock),
    random: systemRandom,
  });
  const fanOut = createFanOut({
    ...shared,
    claims: new DynamoEventClaims(dynamo.client, table, systemClock),
    records: new DynamoEventRecords(dynamo.client, table, systemClock),
    started: new DynamoDeliveryLog(dynamo.client, dynamo.tables.deliveries, { clock: systemClock }),
    subscriptions: new SubscriptionLists(directory, log, systemClock, 100e6),
    queue: new SqsQueue(sqs.client, deliveries),
    slowQueue: new FakeQueue(),
    events: new SqsQueue(sqs.client, events),
    acknowledgements: new SqsAcknowledgements(sqs.client, events),
    pause: async () => undefined,
  });

  const post = async (body: string, headers: Readonly<Record<string, string>> = {}) => {
    const sent = { 'content-type': 'application/json', authorization: 'Bearer key', ...headers };
    const { statusCode, body: answer } = await ingest(httpEvent({ body, headers: sent }), lambdaContext());
    return { status: statusCode, body: JSON.parse(answer ?? 'null') as { readonly id: string } };
  };

  /** Runs fan-out over what is on `events`, as its event source mapping would. */
  const drain = async (): Promise<void> => {
    for (;;) {
      const { Messages = [] } = await sqs.client.send(
        new ReceiveMessageCommand({ QueueUrl: events, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return;
      const Records = Messages.map(({ Body = '' }, i) => sqsRecord(Body, `m${i}`));
      assert.deepEqual(await fanOut({ Records }, lambdaContext(60_000)), { batchItemFailures: [] });
      const Entries = Messages.map(({ ReceiptHandle = '' }, i) => ({ Id: `m${i}`, ReceiptHandle }));
      await sqs.client.send(new DeleteMessageBatchCommand({ QueueUrl: events, Entries }));
    }
  };

  const sent = () => sqs.bodies(`deliveries-${tenant}`).map(decodeDeliveryMessage);
  const reads = new DynamoEventReads(dynamo.client, table, systemClock);
  return { tenant, directory, post, drain, sent, reads };
}

test('C001, C005: what was posted is what goes to dispatch, character for character', async () => {
  const { tenant, directory, post, drain, sent, reads } = await pipeline();
  directory.put(tenant, { id: 'sub_1' });
  const data = '{"id":9007199254740993,"big":1e400,"p":1.0,"e":"😀é","s":"\\u0000\\u000b",\n "x":1,"x":2}';
  const { status, body } = await post(`{"type":"order.paid","data": ${data} }`);
  assert.equal(status, 202);
  await drain();
  assert.deepEqual(
    sent().map((message) => [message.header.event.id, message.header.targets, message.data]),
    [[body.id, ['sub_1'], data]],
  );
  assert.equal((await reads.get(tenant, body.id))?.data, data);
});

test('C011: twenty posts at once with one key come to one event and one delivery', async () => {
  const { tenant, directory, post, drain, sent } = await pipeline();
  directory.put(tenant, { id: 'sub_1' });
  const posts = Array.from({ length: 20 }, () =>
    post('{"type":"a.b","data":1}', { 'idempotency-key': 'race-1' }),
  );
  const answers = await Promise.all(posts);
  assert.ok(answers.every(({ status }) => status === 202));
  assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
  await drain();
  assert.equal(sent().length, 1);
});

test('C017, C018: a large event reaches 250 subscriptions, each once', async () => {
  const { tenant, directory, post, drain, sent, reads } = await pipeline();
  for (let i = 0; i < 250; i++) directory.put(tenant, { id: `sub_${i}`, eventTypes: ['order.*'] });
  const data = JSON.stringify('中'.repeat(80_000));
  const { status, body } = await post(`{"type":"order.created","data":${data}}`);
  assert.equal(status, 202);
  await drain();
  const targets = sent().flatMap(({ header }) => header.targets);
  assert.equal(targets.length, 250);
  assert.equal(new Set(targets).size, 250);
  assert.ok(sent().every((message) => message.data === data));
  assert.equal((await reads.get(tenant, body.id))?.matched, 250);
});

test('an array of 100 events is accepted, recorded and sent on', async () => {
  const { tenant, directory, post, drain, sent, reads } = await pipeline();
  directory.put(tenant, { id: 'sub_1' });
  const events = Array.from({ length: 100 }, (_, n) => `{"type":"a.b","id":"e${n}","data":${n}}`);
  assert.equal((await post(`[${events.join(',')}]`)).status, 202);
  await drain();
  assert.deepEqual(new Set(sent().map(({ data }) => Number(data))).size, 100);
  const listed: string[] = [];
  for await (const page of reads.newest(tenant, {})) listed.push(...page.map(({ id }) => id));
  assert.equal(new Set(listed).size, 100);
});
