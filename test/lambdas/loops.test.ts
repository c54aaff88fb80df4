import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DELIVERY_HEADER } from '../../contract/headers.ts';
import { MANUAL_RETRY } from '../../contract/limits.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { eventEnvelope } from '../support/delivery-messages.ts';
import { ACCEPTED_AT, deliveryRow } from '../support/delivery-rows.ts';
import { ingestBench } from '../support/ingest-bench.ts';
import { ManageBench } from '../support/manage-bench.ts';
import { subscription } from '../support/subscription.ts';

const OURS = { [DELIVERY_HEADER]: 'dlv_1' };

test('C095: every route refuses a request that we sent, before it looks who asks', async () => {
  const bench = new ManageBench();
  const routes = Object.values(OPERATIONS).map(({ method, path }) => [method, path.replace(/\{\w+\}/, 'x')]);
  for (const [method = '', path = ''] of [...routes, ['POST', '/nowhere']]) {
    for (const token of ['admin', null]) {
      const answer = await bench.call(method, path, {}, token, OURS);
      assert.deepEqual([answer.status, answer.body.type], [508, '/problems/loop-detected'], path);
      assert.ok(answer.headers['x-request-id']);
    }
  }
  assert.equal(bench.meter.sum('LoopsRefused'), 2 * (routes.length + 1));
  assert.ok(
    bench.log.lines.every(({ level }) => level === 'info'),
    'a loop is no failure of ours',
  );
});

test('C095: a mark without a value is a mark', async () => {
  const bench = new ManageBench();
  assert.equal((await bench.call('POST', '/v1/redrive', {}, 'acme', { [DELIVERY_HEADER]: '' })).status, 508);
  assert.equal(bench.taskQueue.sent.length, 0);
});

test('C095: an event that we sent is refused in every form, and nothing is queued', async () => {
  const bench = ingestBench();
  const event = JSON.stringify({ type: 'a.b', data: 1 });
  const cloud = JSON.stringify({ specversion: '1.0', id: 'evt_1', source: '/tenants/acme', type: 'a.b' });
  for (const answer of [
    await bench.post(event, OURS),
    await bench.post(`[${event}]`, OURS),
    await bench.post(cloud, { ...OURS, 'content-type': 'application/cloudevents+json' }),
  ]) {
    assert.equal(answer.status, 508);
  }
  assert.equal(bench.queue.sent.length, 0);
  assert.equal(bench.meter.sum('LoopsRefused'), 3);
});

test("C095: the API's own names are no destinations, however they are spelled", async () => {
  const bench = new ManageBench();
  const kept = await bench.call('POST', '/v1/subscriptions', { url: 'https://h.example/hook' });
  for (const url of [
    'https://api.example.com/v1/deliveries/dlv_1/retry',
    'https://API.Example.COM/v1/events',
    'https://api.example.com./v1/events',
    'https://api.example.com:8443/v1/events',
    'https://api%2Eexample.com/v1/events',
    'https://\uff41pi.example.com/v1/events',
    'https://api\u3002example\u3002com/v1/events',
    'https://console.example/v1/redrive',
    'https://one-port.example:8443/v1/events',
  ]) {
    const made = await bench.call('POST', '/v1/subscriptions', { url });
    const changed = await bench.call('PATCH', `/v1/subscriptions/${kept.body.id}`, { url });
    for (const { status, body } of [made, changed]) {
      assert.deepEqual([status, body.type], [400, '/problems/invalid-url'], url);
      assert.deepEqual(body.errors, [{ pointer: '/url', detail: 'must not lead back to this API' }]);
    }
  }
  assert.equal((await bench.store.get('acme', String(kept.body.id)))?.url, 'https://h.example/hook');
});

test('a name that only resembles one of ours, or another port of one that has a port, is a destination', async () => {
  const bench = new ManageBench();
  for (const url of [
    'https://my-api.example.com/',
    'https://api.example.com.h.example/',
    'https://one-port.example/',
    'https://h.example/api.example.com',
  ])
    assert.equal((await bench.call('POST', '/v1/subscriptions', { url })).status, 201, url);
});

async function retried() {
  const bench = new ManageBench();
  await bench.events.keep({
    ...eventEnvelope({ id: 'evt_1', acceptedAt: ACCEPTED_AT }),
    ...{ data: '1', requestId: 'r1', matched: 1, shards: 1 },
  });
  const row = deliveryRow();
  await bench.deliveries.append([row]);
  await bench.store.create(subscription());
  const retry = () => bench.call('POST', `/v1/deliveries/${row.delivery}/retry`);
  return { bench, row, retry };
}

test('C095: one delivery is sent by hand so often in ten minutes, whoever asks, and then is asked to wait', async () => {
  const { bench, retry } = await retried();
  const answers = [];
  for (let i = 0; i < MANUAL_RETRY.perWindow + 20; i++) answers.push(await retry());
  const fine = answers.filter(({ status }) => status === 202);
  assert.equal(fine.length, MANUAL_RETRY.perWindow);
  assert.equal(bench.deliveryQueue.sent.length, MANUAL_RETRY.perWindow);
  const refused = answers.at(-1);
  assert.deepEqual([refused?.status, refused?.body.type], [429, '/problems/rate-limited']);
  const wait = Number(refused?.headers['retry-after']);
  assert.ok(wait > 0 && wait <= MANUAL_RETRY.windowSeconds, String(wait));
  bench.clock.advance(wait * 1000);
  assert.equal((await retry()).status, 202);
});

test('C095: many that ask at once are bounded as well', async () => {
  const { bench, retry } = await retried();
  await Promise.all(Array.from({ length: MANUAL_RETRY.perWindow + 20 }, retry));
  assert.equal(bench.deliveryQueue.sent.length, MANUAL_RETRY.perWindow);
});

test('C095: a delivery that was sent by hand as often as it may be is not sent again', async () => {
  const { bench, row, retry } = await retried();
  await bench.deliveries.append(
    Array.from({ length: MANUAL_RETRY.perDelivery }, (_, i) => ({
      ...row,
      attempt: i + 2,
      run: `run_${i}`,
      trigger: 'manual' as const,
      status: null,
    })),
  );
  assert.equal((await retry()).status, 409);
  assert.equal(bench.deliveryQueue.sent.length, 0);
});
