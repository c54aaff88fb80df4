import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import {
  type Endpoint,
  type InProcessRunner,
  startEndpoint,
  startInProcess,
  type WireRequest,
} from './runner.ts';
import { until } from './until.ts';

let runner: InProcessRunner;
const endpoints: Endpoint[] = [];

before(async () => {
  runner = await startInProcess();
});
after(() => runner.stop());
afterEach(async () => {
  for (const endpoint of endpoints.splice(0)) await endpoint.close();
});

async function endpoint(answer?: Parameters<typeof startEndpoint>[0]): Promise<Endpoint> {
  const started = await startEndpoint(answer);
  endpoints.push(started);
  return started;
}

function verify({ headers, body }: WireRequest, secret: string): void {
  const text = body.toString('utf8');
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
  const expected = `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
  assert.ok(headers['webhook-signature']?.split(' ').includes(expected));
  for (const library of [new StandardWebhook(secret), new SvixWebhook(secret)])
    library.verify(text, { ...headers });
}

test('the four events of every webhook guide reach a subscriber once each, verified', async () => {
  const one = await endpoint();
  const types = ['customer.created', 'order.created', 'product.created', 'order.approved'];
  const { secret } = await runner.subscribe(one.url, {
    tenant: 'guide',
    eventTypes: ['customer.*', 'order.*', 'product.*'],
  });
  for (const type of types) await runner.post({ type, tenant: 'guide', data: { type } });
  await runner.post({ type: 'other.created', tenant: 'guide', data: {} });
  await until('all four arrive', () => one.requests.length >= 4);
  const got = one.requests.map((request) => JSON.parse(request.body.toString()).type);
  assert.deepEqual(got.sort(), types.sort());
  for (const request of one.requests) verify(request, secret);
});

test('C001: numbers JavaScript cannot hold arrive as they were sent', async () => {
  const one = await endpoint();
  await runner.subscribe(one.url, { tenant: 'raw' });
  const data = '{"id":9007199254740993, "big":1e400,"price":1.0,"a":1,"a":2}';
  const answer = await runner.call('POST', '/v1/events', `{"type":"a.b","tenant":"raw","data":${data}}`);
  assert.equal(answer.status, 202);
  await until('the event arrives', () => one.requests.length === 1);
  assert.ok(one.requests[0]?.body.toString().endsWith(`"data":${data}}`));
});

test('a subscriber that fails twice is delivered to on the third attempt, with one id and one body', async () => {
  const one = await endpoint((_request, number) => ({ status: number < 2 ? 500 : 200 }));
  await runner.subscribe(one.url, { tenant: 'retry', retrySchedule: [1, 1, 1] });
  const id = await runner.post({ type: 'a.b', tenant: 'retry', data: 1 });
  await until('three attempts are made', () => one.requests.length === 3);
  assert.equal(new Set(one.requests.map((request) => request.body.toString())).size, 1);
  assert.deepEqual(
    one.requests.map((request) => request.headers['webhook-id']),
    [id, id, id],
  );
  assert.deepEqual(
    one.requests.map((request) => request.headers['fanfare-attempt']),
    ['1', '2', '3'],
  );
  const list = `/v1/deliveries?tenant=retry&event=${id}`;
  await until(
    'the delivery is recorded as succeeded',
    async () => (await runner.call('GET', list)).body.data[0]?.status === 'succeeded',
  );
  const [delivery] = (await runner.call('GET', list)).body.data;
  const whole = await runner.call('GET', `/v1/deliveries/${delivery.id}?tenant=retry`);
  assert.deepEqual(
    whole.body.attempts.map((attempt: { status: number }) => attempt.status),
    [500, 500, 200],
  );
  assert.equal(one.requests.length, 3);
});

test('C050: a dead letter is counted by a dry run, sent by a redrive, and found by no second one', async () => {
  let up = false;
  const one = await endpoint(() => ({ status: up ? 200 : 503 }));
  await runner.subscribe(one.url, { tenant: 'dead', retrySchedule: [1] });
  const id = await runner.post({ type: 'a.b', tenant: 'dead', data: 1 });
  await until(
    'the delivery is dead',
    async () => (await runner.call('GET', '/v1/dead-letters?tenant=dead')).body.data.length === 1,
  );
  assert.equal(one.requests.length, 2);
  const redrive = async (more: object) => {
    const { status, body } = await runner.call('POST', '/v1/redrive', { tenant: 'dead', ...more });
    assert.equal(status, 202);
    await until(
      'the task is done',
      async () => (await runner.call('GET', `/v1/tasks/${body.id}`)).body.status === 'done',
    );
    const { matched, sent, dropped } = (await runner.call('GET', `/v1/tasks/${body.id}`)).body;
    return { matched, sent, dropped };
  };
  assert.deepEqual(await redrive({ dryRun: true }), { matched: 1, sent: 0, dropped: 0 });
  assert.equal(one.requests.length, 2);
  up = true;
  assert.deepEqual(await redrive({}), { matched: 1, sent: 1, dropped: 0 });
  await until('the redriven delivery arrives', () => one.requests.length === 3);
  assert.deepEqual(new Set(one.requests.map((request) => request.headers['webhook-id'])), new Set([id]));
  assert.equal(new Set(one.requests.map((request) => request.body.toString())).size, 1);
  assert.deepEqual(await redrive({}), { matched: 0, sent: 0, dropped: 0 });
  assert.equal((await runner.call('GET', '/v1/dead-letters?tenant=dead')).body.data.length, 0);
});

test('C017: one event to 250 subscriptions is 250 deliveries, exactly one each', async () => {
  const one = await endpoint();
  const make = (i: number) => runner.subscribe(`${one.url}/${i}`, { tenant: 'crowd', id: `sub-${i}` });
  await Promise.all(Array.from({ length: 250 }, (_, i) => make(i)));
  const id = await runner.post({ type: 'a.b', tenant: 'crowd', data: 1 });
  const counts = async () => (await runner.call('GET', `/v1/events/${id}?tenant=crowd`)).body;
  await until('all 250 are recorded', async () => (await counts()).deliveries?.succeeded === 250);
  assert.equal((await counts()).matched, 250);
  assert.equal(one.requests.length, 250);
  assert.equal(new Set(one.requests.map((request) => request.target)).size, 250);
});

test('C022: who subscribes and publishes at once is served', async () => {
  const one = await endpoint();
  for (let round = 0; round < 20; round++) {
    await runner.subscribe(`${one.url}/${round}`, { tenant: 'quick', eventTypes: [`round.r${round}`] });
    await runner.post({ type: `round.r${round}`, tenant: 'quick', data: round });
  }
  await until('all twenty arrive', () => one.requests.length === 20);
});

test('C011: twenty identical posts at once make one event and one request', async () => {
  const one = await endpoint();
  await runner.subscribe(one.url, { tenant: 'race' });
  const body = { type: 'a.b', tenant: 'race', data: 1 };
  const key = { 'idempotency-key': 'race-1' };
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => runner.call('POST', '/v1/events', body, key)),
  );
  assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [202]);
  assert.equal(new Set(answers.map((answer) => answer.body.id)).size, 1);
  assert.equal(answers.filter((answer) => !answer.body.duplicate).length, 1);
  const other = await runner.call('POST', '/v1/events', { ...body, data: 2 }, key);
  assert.equal(other.status, 409);
  const last = await runner.post({ type: 'a.c', tenant: 'race', data: 1 });
  const came = () => one.requests.map((request) => request.headers['webhook-id']);
  const made = answers[0]?.body.id;
  await until('both events arrive', () => came().includes(made) && came().includes(last));
  assert.deepEqual(came().sort(), [made, last].sort());
});

test('C040: a receiver that asks for patience gets it', async () => {
  const one = await endpoint((_request, number) =>
    number === 0 ? { status: 503, headers: { 'retry-after': '3' } } : {},
  );
  await runner.subscribe(one.url, { tenant: 'patience', retrySchedule: [1] });
  await runner.post({ type: 'a.b', tenant: 'patience', data: 1 });
  await until('the second attempt arrives', () => one.requests.length === 2);
  const [first, second] = one.requests;
  assert.ok((second?.at ?? 0) - (first?.at ?? 0) >= 3_000);
});

test('C026: 410 disables the subscription and stops everything to it; operators hear of it', async () => {
  const one = await endpoint(() => ({ status: 410 }));
  const system = await endpoint();
  await runner.subscribe(system.url, { tenant: 'fanfare.system', eventTypes: ['subscription.disabled'] });
  const { id } = await runner.subscribe(one.url, { tenant: 'gone' });
  await runner.post({ type: 'a.b', tenant: 'gone', data: 1 });
  await until(
    'the subscription is disabled',
    async () => (await runner.call('GET', `/v1/subscriptions/${id}?tenant=gone`)).body.status === 'disabled',
  );
  const later = await runner.post({ type: 'a.b', tenant: 'gone', data: 2 });
  await until(
    'the later event is skipped',
    async () => (await runner.call('GET', `/v1/events/${later}?tenant=gone`)).body.deliveries?.skipped === 1,
  );
  assert.equal(one.requests.length, 1);
  await until('the operator is told', () => system.requests.length === 1);
  const told = JSON.parse(system.requests[0]?.body.toString() ?? '');
  assert.deepEqual(told.data, { tenant: 'gone', subscription: id, reason: '410' });
});

test('nothing went wrong on our side meanwhile', () => {
  assert.deepEqual(runner.troubles, []);
});
