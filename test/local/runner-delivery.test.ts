import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ENV } from '../../contract/environment.ts';
import { startRawReceiver } from '../support/raw-receiver.ts';
import {
  type Endpoint,
  type InProcessRunner,
  startEndpoint,
  startInProcess,
  type WireRequest,
} from './runner.ts';
import { until } from './until.ts';

let runner: InProcessRunner;
const endpoints: Pick<Endpoint, 'close'>[] = [];

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

/** The name here of what a variable of the functions points at. */
function nameOf(variable: string): string {
  for (const { variables } of runner.runner.stack.functions) {
    const value = variables[variable];
    if (value !== undefined) return value.split('/').at(-1) ?? '';
  }
  throw new Error(`no function knows ${variable}`);
}

function idsOf(requests: readonly WireRequest[]): readonly (string | undefined)[] {
  return requests.map((request) => request.headers['webhook-id']);
}

test('C001, C002: the bytes of the data arrive unchanged, whatever JSON type they were sent as', async () => {
  const target = await endpoint();
  await runner.subscribe(target.url, { tenant: 'bytes' });
  const data = '{"id":9007199254740993,"big":1e400,"price":1.0,"e":"\u{1F600}","x":1,"x":2}';
  const event = `{"type":"order.paid","tenant":"bytes","data":${data}}`;
  const post = (type: string, body = event) =>
    runner.call('POST', '/v1/events', body, { 'content-type': type });
  const JSON_TYPES = ['application/json', 'application/vnd.acme.event+json; charset=utf-8'];
  for (const type of JSON_TYPES) assert.equal((await post(type)).status, 202, type);
  for (const type of ['application/x-www-form-urlencoded', 'application/octet-stream']) {
    assert.equal((await post(type)).status, 415, type);
  }
  await until('both arrived', () => target.requests.length === JSON_TYPES.length);
  for (const { body } of target.requests) assert.ok(body.toString().endsWith(`"data":${data}}`));
});

test('C024: a tenant whose 300 deliveries hang does not hold up another', async () => {
  const hanging = await endpoint(() => ({ delayMs: 40_000 }));
  const healthy = await endpoint();
  const { id } = await runner.subscribe(hanging.url, { tenant: 'hanging', timeoutSeconds: 30 });
  await runner.subscribe(healthy.url, { tenant: 'other' });
  for (let i = 0; i < 3; i++) {
    const events = Array.from({ length: 100 }, () => ({ type: 'a.b', tenant: 'hanging', data: i }));
    assert.equal((await runner.call('POST', '/v1/events', events)).status, 202);
  }
  await until('several hang', () => hanging.requests.length >= 50);
  await runner.post({ type: 'a.b', tenant: 'other', data: 1 });
  await until('the other got its event', () => healthy.requests.length > 0);
  // None has ended by then: neither answered nor timed out.
  for (const status of ['succeeded', 'retrying', 'failed']) {
    const list = `/v1/deliveries?tenant=hanging&subscription=${id}&status=${status}`;
    assert.deepEqual((await runner.call('GET', list)).body.data, [], status);
  }
  assert.equal(new Set(idsOf(hanging.requests)).size, hanging.requests.length);
});

test('C092: an endpoint that switches protocols fails its attempts, is tried again, and holds up nobody', async () => {
  const switching = await startRawReceiver((socket) =>
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
  );
  endpoints.push(switching);
  const healthy = await endpoint();
  const { id } = await runner.subscribe(switching.url, { tenant: 'switching', retrySchedule: [1] });
  await runner.subscribe(healthy.url, { tenant: 'beside' });
  await runner.post({ type: 'a.b', tenant: 'switching', data: 1 });
  await until('it was asked', () => switching.connections() > 0);
  await runner.post({ type: 'a.b', tenant: 'beside', data: 1 });
  await until('the other got its event', () => healthy.requests.length === 1);
  const failed = `/v1/deliveries?tenant=switching&subscription=${id}&status=failed`;
  await until(
    'its schedule is used up',
    async () => (await runner.call('GET', failed)).body.data.length === 1,
  );
  const [delivery] = (await runner.call('GET', failed)).body.data;
  assert.deepEqual([delivery.attemptCount, delivery.lastAttempt.error], [2, 'protocol']);
  const tried = await runner.call('POST', `/v1/subscriptions/${id}/test?tenant=switching`);
  assert.deepEqual([tried.status, tried.body.error], [200, 'protocol'], JSON.stringify(tried.body));
  assert.equal(switching.connections(), 3);
});

test('C039: order can be rebuilt by the time of the event, which a retry does not change', async () => {
  let updated = false;
  // The first is refused until the second is there, however long that takes.
  const target = await endpoint(({ body }) => {
    updated ||= body.toString().includes('order.updated');
    return { status: updated ? 200 : 500 };
  });
  await runner.subscribe(target.url, { tenant: 'ordered', retrySchedule: [1, 2, 5, 10, 30] });
  const time = ['2026-01-02T03:04:05.000Z', '2026-01-02T03:04:05.100Z'];
  const first = await runner.post({ type: 'order.created', tenant: 'ordered', time: time[0], data: 1 });
  await until('it was refused', () => target.requests.length > 0);
  const second = await runner.post({ type: 'order.updated', tenant: 'ordered', time: time[1], data: 2 });
  await until(
    'the second arrived, then the first once more',
    () => updated && idsOf(target.requests).at(-1) === first,
  );
  const came = idsOf(target.requests);
  assert.equal(came.indexOf(second), came.length - 2, 'the first was first, and last');
  const times = target.requests.map(({ headers, body }) => [
    headers['webhook-id'],
    JSON.parse(body.toString()).timestamp,
  ]);
  for (const [id, at] of times) assert.equal(at, id === first ? time[0] : time[1]);
});

test('a message that comes twice, out of order, does not start anything twice', async () => {
  const target = await endpoint();
  await runner.subscribe(target.url, { tenant: 'twice' });
  const { faults } = runner.runner.stack;
  const on = nameOf(ENV.eventsQueue);
  faults.add({ kind: 'duplicate', on, times: 3 });
  faults.add({ kind: 'reorder', on, times: 3 });
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) ids.push(await runner.post({ type: 'a.b', tenant: 'twice', data: i }));
  await until('all arrived', () => new Set(idsOf(target.requests)).size === 5);
  const marker = await runner.post({ type: 'a.b', tenant: 'twice', data: 'marker' });
  await until('the marker arrived', () => idsOf(target.requests).includes(marker));
  faults.clear();
  assert.deepEqual([...idsOf(target.requests)].sort(), [...ids, marker].sort());
});

test('throttled and lost calls to queues and tables lose nothing', async () => {
  const target = await endpoint();
  await runner.subscribe(target.url, { tenant: 'storm' });
  const { faults } = runner.runner.stack;
  faults.add({ kind: 'throttle', operation: 'SendMessageBatch', times: 2 });
  faults.add({ kind: 'lost-answer', operation: 'SendMessageBatch', on: nameOf(ENV.deliveriesQueue) });
  faults.add({
    kind: 'partial',
    operation: 'SendMessageBatch',
    on: nameOf(ENV.deliveriesQueue),
    entries: [0],
  });
  faults.add({ kind: 'throttle', operation: 'PutItem', on: nameOf(ENV.eventsTable), times: 2 });
  faults.add({ kind: 'lost-answer', operation: 'BatchWriteItem', on: nameOf(ENV.deliveriesTable) });
  const ids: string[] = [];
  for (let i = 0; i < 10; i++) ids.push(await runner.post({ type: 'a.b', tenant: 'storm', data: i }));
  await until('each event arrived', () => new Set(idsOf(target.requests)).size === 10);
  faults.clear();
  assert.deepEqual([...new Set(idsOf(target.requests))].sort(), [...ids].sort());
});

test('the page is served at the root, and the API is not shadowed by it', async () => {
  const page = await fetch(runner.url);
  assert.deepEqual([page.status, page.headers.get('content-type')], [200, 'text/html; charset=utf-8']);
  assert.match(await page.text(), /<title>Fanfare/);
  assert.equal((await runner.call('GET', '/v1/nowhere')).status, 404);
});

test('the demo receiver verifies what a subscription of any tenant sends it', async () => {
  await runner.subscribe(`${runner.url}/demo/receiver`, { tenant: 'shown' });
  const id = await runner.post({ type: 'order.approved', tenant: 'shown', data: {} });
  const received = async () => (await runner.call('GET', '/demo/receiver/requests')).body.data;
  await until('it is listed', async () => (await received()).length > 0);
  const [got] = await received();
  assert.deepEqual([got.headers['webhook-id'], got.verified, got.status], [id, true, 200]);
});

test('nothing was reported as broken that a fault had not broken', () => {
  assert.deepEqual(runner.troubles, []);
});
