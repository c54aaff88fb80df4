import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { trips } from '../../local/metrics/alarms.ts';
import { type Endpoint, type InProcessRunner, startEndpoint, startInProcess } from './runner.ts';
import { until } from './until.ts';

// One drill after the other on a whole runner. After each, the expressions of the template's own alarms are worked
// out over what was recorded meanwhile, the drill's time taken as one period.

let runner: InProcessRunner;
const endpoints: Endpoint[] = [];
before(async () => {
  runner = await startInProcess({ tableFaults: true });
});
after(async () => {
  await runner.stop();
  await Promise.all(endpoints.map((endpoint) => endpoint.close()));
});

async function endpoint(...args: Parameters<typeof startEndpoint>): Promise<Endpoint> {
  const made = await startEndpoint(...args);
  endpoints.push(made);
  return made;
}

const metrics = () => runner.runner.metrics;
const own = (name: string, dimensions: Record<string, string> = {}) => ({
  namespace: 'Fanfare',
  name,
  dimensions: { service: 'Fanfare/Pipeline', ...dimensions },
});
const queueNamed = (part: RegExp) => {
  const found = [...runner.runner.stack.queues.values()].find(({ name }) => part.test(name));
  assert.ok(found);
  return found;
};
/** Plays a drill; answers which alarms' expressions tripped over its time, and sums of metrics in it. */
async function drill(
  play: (sum: (name: string, dimensions?: Record<string, string>) => number) => Promise<void>,
) {
  // Values are kept by the second: a drill begins with a fresh one.
  const from = Math.ceil((Date.now() + 1) / 1000) * 1000;
  await until('a new second', () => Date.now() >= from);
  const sum = (name: string, dimensions = {}) =>
    metrics().store.statistic(own(name, dimensions), 'Sum', from, Date.now() + 1_000) ?? 0;
  await play(sum);
  // A message that waited is a standstill only if none is finished, which may be a moment after the last request.
  const finished = {
    namespace: 'AWS/SQS',
    name: 'NumberOfMessagesDeleted',
    dimensions: { QueueName: queueNamed(/QueuesDeliveriesQueue/).name },
  };
  await until(
    'dispatch finished a message',
    () => metrics().store.statistic(finished, 'Sum', from, Date.now() + 1_000) !== null,
  );
  const to = Date.now() + 1_000;
  return metrics()
    .alarms.filter((alarm) => !alarm.missingBreaches && trips(alarm, metrics().store, from, to))
    .map(({ name }) => name);
}

test('events that arrive trip nothing', async () => {
  const { url } = await endpoint();
  await runner.subscribe(url, { tenant: 'well' });
  const tripped = await drill(async (sum) => {
    for (let i = 0; i < 20; i++) await runner.post({ tenant: 'well', type: 'order.created', data: i });
    await until('all are taken', () => sum('AttemptsSucceeded') === 20);
  });
  assert.deepEqual(tripped, []);
});

test('an endpoint that is down for 50 events pages nobody; the rise of dead letters is a ticket', async () => {
  const { url } = await endpoint(() => ({ status: 503 }));
  await runner.subscribe(url, { tenant: 'down', retrySchedule: [] });
  const letters = queueNamed(/DeadLetters/);
  const tripped = await drill(async (sum) => {
    for (let i = 0; i < 50; i++) await runner.post({ tenant: 'down', type: 'order.created', data: i });
    await until('ten failed in a row and its breaker opened', () => sum('BreakersOpened') >= 1);
    await until(
      'the rest are held back for it',
      () => sum('DeliveriesHeld', { Why: 'breaker' }) > 0 || letters.messages.length >= 50,
    );
  });
  assert.deepEqual(
    tripped.filter((name) => name !== 'DeadLetterRise'),
    [],
  );
  // Over a quarter of an hour all 50 are dead letters; here only some, so the expression is asked with all of them.
  const alarm = metrics().alarms.find(({ name }) => name === 'DeadLetterRise');
  assert.ok(alarm);
  const at = Date.now() + 3_600_000;
  metrics().store.record(own('DeliveriesDead'), [50], at);
  assert.equal(trips(alarm, metrics().store, at - 1_000, at + 1_000), true);
  metrics().store.record(own('AttemptsSucceeded'), [200], at);
  assert.equal(trips(alarm, metrics().store, at - 1_000, at + 1_000), false);
});

test('an endpoint that hangs pages nobody', async () => {
  const { url } = await endpoint(() => ({ delayMs: 60_000 }));
  await runner.subscribe(url, { tenant: 'hangs', timeoutSeconds: 1, retrySchedule: [] });
  const tripped = await drill(async (sum) => {
    for (let i = 0; i < 3; i++) await runner.post({ tenant: 'hangs', type: 'order.created', data: i });
    await until('its attempts timed out', () => sum('AttemptsFailed', { Class: 'timeout' }) === 3);
  });
  assert.deepEqual(tripped, []);
});

test('a poison message pages: at first it is given back, then it lies in the poison queue; others go on', async () => {
  const { url, requests } = await endpoint();
  await runner.subscribe(url, { tenant: 'beside' });
  const deliveries = queueNamed(/QueuesDeliveriesQueue/);
  const poison = queueNamed(/QueuesDeliveriesPoison/);
  const { VisibilityTimeout } = deliveries.attributes;
  const tripped = await drill(async (sum) => {
    // Ten receives an hour long, made short.
    deliveries.attributes.VisibilityTimeout = '1';
    const { SendMessageCommand, SQSClient } = await import('@aws-sdk/client-sqs');
    const client = new SQSClient({
      endpoint: new URL(deliveries.url).origin,
      region: 'us-east-1',
      useQueueUrlAsEndpoint: false,
      credentials: runner.runner.stack.credentials,
    });
    await client.send(new SendMessageCommand({ QueueUrl: deliveries.url, MessageBody: 'not a delivery' }));
    client.destroy();
    await runner.post({ tenant: 'beside', type: 'order.created', data: 1 });
    await until('the neighbour has its event', () => requests.length >= 1);
    await until('no worker got through it', () => poison.messages.length === 1);
    await until(
      'it was seen there',
      () =>
        (metrics().store.statistic(visible(poison.name), 'Maximum', Date.now() - 5_000, Date.now() + 1_000) ??
          0) >= 1,
    );
    await until('each return is counted', () => sum('BatchItemsReturned', { Stage: 'dispatch' }) >= 10);
    assert.equal(sum('BatchItemsReturned', { Stage: 'dispatch' }), 10);
  });
  deliveries.attributes.VisibilityTimeout = VisibilityTimeout ?? '360';
  assert.deepEqual(tripped, ['Poison', 'ItemsReturned']);
  poison.purge();
});

test('a table that throttles pages, because messages are given back', async () => {
  const { url, requests } = await endpoint();
  await runner.subscribe(url, { tenant: 'throttled' });
  const deliveries = queueNamed(/QueuesDeliveriesQueue/);
  const { VisibilityTimeout } = deliveries.attributes;
  const tripped = await drill(async (sum) => {
    deliveries.attributes.VisibilityTimeout = '1';
    const heal = runner.runner.stack.faults.add({
      kind: 'throttle',
      operation: 'BatchGetItem',
      times: 1_000,
    });
    await runner.post({ tenant: 'throttled', type: 'order.created', data: 1 });
    await until('dispatch gave it back', () => sum('BatchItemsReturned', { Stage: 'dispatch' }) >= 1);
    heal();
    await until('it is sent once the table is well', () => requests.length >= 1);
  });
  deliveries.attributes.VisibilityTimeout = VisibilityTimeout ?? '360';
  assert.deepEqual(tripped, ['ItemsReturned']);
});

test('a log that cannot be written is a ticket, and costs no delivery', async () => {
  const { url, requests } = await endpoint();
  await runner.subscribe(url, { tenant: 'unlogged' });
  const tripped = await drill(async (sum) => {
    const heal = runner.runner.stack.faults.add({
      kind: 'throttle',
      operation: 'PutItem',
      on: 'PipelineTablesDeliveries',
      times: 1_000,
    });
    const batches = runner.runner.stack.faults.add({
      kind: 'throttle',
      operation: 'BatchWriteItem',
      times: 1_000,
    });
    await runner.post({ tenant: 'unlogged', type: 'order.created', data: 1 });
    await until('a row was lost', () => sum('LogWriteFailures') >= 1);
    heal();
    batches();
  });
  assert.equal(requests.length, 1);
  assert.deepEqual(tripped, ['LogWrites']);
});

function visible(name: string) {
  return {
    namespace: 'AWS/SQS',
    name: 'ApproximateNumberOfMessagesVisible',
    dimensions: { QueueName: name },
  };
}
