import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
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
  runner = await startInProcess({ deliveryLog: 'packed' });
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

async function get(path: string) {
  const { status, body } = await runner.call('GET', path);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/** Every item of a list, page by page. */
async function all(path: string, limit: number) {
  const items: { id: string; event: string; status: string }[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await get(`${path}&limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    items.push(...page.data);
    cursor = page.cursor;
  }
  return items;
}

const failsAtFirst = (request: WireRequest) => ({
  status: /\/[05]$/.test(request.target) && request.headers['fanfare-attempt'] === '1' ? 500 : 200,
});

test('packed: an event to 130 subscriptions is answered for whole: counts, list, each delivery', async () => {
  const one = await endpoint(failsAtFirst);
  const make = (i: number) =>
    runner.subscribe(`${one.url}/${i % 10}`, { tenant: 'crowd', id: `sub-${i}`, retrySchedule: [1] });
  await Promise.all(Array.from({ length: 130 }, (_, i) => make(i)));
  const id = await runner.post({ type: 'a.b', tenant: 'crowd', data: 1 });
  const counts = async () => (await runner.call('GET', `/v1/events/${id}?tenant=crowd`)).body.deliveries;
  await until('all 130 are recorded', async () => (await counts())?.succeeded === 130);
  assert.deepEqual(await counts(), {
    ...{ succeeded: 130, pending: 0, retrying: 0, failed: 0, skipped: 0, cancelled: 0 },
  });
  assert.equal(one.requests.length, 130 + 26);
  const listed = await all(`/v1/deliveries?tenant=crowd&event=${id}`, 37);
  assert.equal(new Set(listed.map((delivery) => delivery.id)).size, 130);
  assert.equal(listed.length, 130);
  for (const { id: delivery } of listed.slice(0, 20)) {
    const { attempts, status } = await get(`/v1/deliveries/${delivery}?tenant=crowd`);
    assert.equal(status, 'succeeded');
    assert.equal(attempts.at(-1).status, 200);
    assert.ok(attempts.at(-1).url.startsWith(one.url));
    assert.ok([1, 2].includes(attempts.length));
  }
  assert.equal((await all('/v1/deliveries?tenant=crowd', 100)).length, 130);
});

test('packed: a subscription lists its deliveries newest first, and its failures', async () => {
  const one = await endpoint((request) => ({
    status: /"data":(3|7)}/.test(request.body.toString()) ? 500 : 200,
  }));
  const { id: subscription } = await runner.subscribe(one.url, {
    tenant: 'list',
    eventTypes: ['a.*'],
    retrySchedule: [1],
  });
  await runner.subscribe(`${one.url}/other`, { tenant: 'list', eventTypes: ['other'] });
  const events: string[] = [];
  for (let i = 0; i < 12; i++) {
    events.push(await runner.post({ type: 'a.b', tenant: 'list', data: i }));
    await runner.post({ type: 'other', tenant: 'list', data: i });
  }
  const list = `/v1/deliveries?tenant=list&subscription=${subscription}`;
  const ended = async () =>
    (await all(list, 50)).filter(({ status }) => status === 'succeeded' || status === 'failed').length === 12;
  await until('all twelve have ended', ended);
  for (const limit of [5, 50]) {
    assert.deepEqual(
      (await all(list, limit)).map(({ event }) => event),
      events.toReversed(),
    );
  }
  const failed = [events[7], events[3]];
  assert.deepEqual(
    (await all(`${list}&status=failed`, 50)).map(({ event }) => event),
    failed,
  );
  const dead = (await get(`/v1/dead-letters?tenant=list&subscription=${subscription}`)).data;
  assert.equal(dead.length, 2);
});

test('packed: a delivery that succeeded can be sent again by hand, under the same id', async () => {
  const one = await endpoint();
  await runner.subscribe(one.url, { tenant: 'hand' });
  const event = await runner.post({ type: 'a.b', tenant: 'hand', data: 1 });
  const list = `/v1/deliveries?tenant=hand&event=${event}`;
  await until('it is recorded', async () => (await get(list)).data[0]?.status === 'succeeded');
  const [{ id }] = (await get(list)).data;
  assert.equal((await runner.call('POST', `/v1/deliveries/${id}/retry?tenant=hand`)).status, 202);
  const attempts = async () => (await get(`/v1/deliveries/${id}?tenant=hand`)).attempts;
  await until('the second attempt is recorded', async () => (await attempts()).length === 2);
  assert.deepEqual(
    (await attempts()).map(({ number, trigger }: { number: number; trigger: string }) => [number, trigger]),
    [
      [1, 'schedule'],
      [2, 'manual'],
    ],
  );
  assert.deepEqual(
    one.requests.map(({ headers }) => headers['webhook-id']),
    [event, event],
  );
});
