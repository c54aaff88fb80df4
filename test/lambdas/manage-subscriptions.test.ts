import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeHealth } from '../support/fake-health.ts';
import { ManageBench } from '../support/manage-bench.ts';
import { SECRET, subscription } from '../support/subscription.ts';

const URL_OK = 'https://h.example/hook';

async function made(fields: object = {}, stored: ConstructorParameters<typeof ManageBench>[0] = {}) {
  const bench = new ManageBench(stored);
  const answer = await bench.call('POST', '/v1/subscriptions', { url: URL_OK, ...fields });
  assert.equal(answer.status, 201, answer.text);
  return { bench, id: String(answer.body.id), answer };
}

test('a new subscription is answered whole, with its secret once and its defaults spelled out', async () => {
  const { bench, id, answer } = await made({
    headers: { 'X-Api-Key': 'hush' },
    eventTypes: ['order.*', 'order.*'],
  });
  const { secret, ...shown } = answer.body;
  assert.match(String(secret), /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.deepEqual(shown, {
    id,
    tenant: 'acme',
    url: URL_OK,
    eventTypes: ['order.*'],
    filter: null,
    description: '',
    metadata: {},
    headers: { 'X-Api-Key': '•••' },
    format: 'standard',
    rateLimit: null,
    timeoutSeconds: 15,
    retrySchedule: [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
    status: 'active',
    statusReason: null,
    createdAt: '2026-01-02T03:04:05.678Z',
    updatedAt: '2026-01-02T03:04:05.678Z',
  });
  for (const path of [`/v1/subscriptions/${id}`, '/v1/subscriptions']) {
    assert.doesNotMatch((await bench.call('GET', path)).text, /hush|whsec_/);
  }
});

test('C079: the secret is shown by create, reveal and rotate, and nowhere else', async () => {
  const { bench, id, answer } = await made();
  const path = `/v1/subscriptions/${id}`;
  assert.equal((await bench.call('GET', `${path}/secret`)).body.secret, answer.body.secret);
  assert.doesNotMatch((await bench.call('PATCH', path, { description: 'x' })).text, /whsec_/);
  const rotated = await bench.call('POST', `${path}/secret/rotate`, { graceSeconds: 60 });
  assert.notEqual(rotated.body.secret, answer.body.secret);
  const stored = await bench.store.get('acme', id);
  assert.deepEqual(stored?.secrets, [
    { secret: rotated.body.secret, expiresAt: null },
    { secret: answer.body.secret, expiresAt: bench.clock.now() + 60_000 },
  ]);
  assert.equal((await bench.call('GET', `${path}/secret`)).body.secret, rotated.body.secret);
  assert.equal(bench.told.sent.length, 1);
});

test('rotation: no grace ends the old secret at once, the same secret again is refused, ten live at most', async () => {
  const { bench, id } = await made({ secret: SECRET });
  const path = `/v1/subscriptions/${id}/secret/rotate`;
  assert.equal((await bench.call('POST', path, { secret: SECRET })).status, 400);
  for (const grace of [-1, 604_801, 1.5, '1', null])
    assert.equal((await bench.call('POST', path, { graceSeconds: grace })).status, 400);
  for (let i = 0; i < 12; i++) assert.equal((await bench.call('POST', path)).status, 200);
  assert.equal((await bench.store.get('acme', id))?.secrets.length, 10);
  await bench.call('POST', path, { graceSeconds: 0 });
  assert.equal((await bench.store.get('acme', id))?.secrets.length, 1);
});

test('PATCH changes what it names, merges headers, and null clears to the default', async () => {
  const { bench, id } = await made({
    description: 'd',
    timeoutSeconds: 5,
    retrySchedule: [1],
    rateLimit: { perSecond: 3 },
    headers: { A: '1', B: '2' },
    eventTypes: ['a.b'],
    metadata: { k: 'v' },
  });
  const path = `/v1/subscriptions/${id}`;
  const merged = await bench.call('PATCH', path, {
    headers: { b: null, C: '3' },
    url: 'https://h.example/new',
  });
  assert.deepEqual(
    [merged.body.headers, merged.body.url, merged.body.description],
    [{ A: '•••', C: '•••' }, 'https://h.example/new', 'd'],
  );
  assert.deepEqual((await bench.store.get('acme', id))?.headers, { A: '1', C: '3' });
  const cleared = await bench.call('PATCH', path, {
    description: null,
    timeoutSeconds: null,
    retrySchedule: null,
    rateLimit: null,
    headers: null,
    metadata: null,
  });
  const { description, timeoutSeconds, rateLimit, headers, eventTypes, metadata } = cleared.body;
  assert.deepEqual(
    { description, timeoutSeconds, rateLimit, headers, eventTypes, metadata },
    { description: '', timeoutSeconds: 15, rateLimit: null, headers: {}, eventTypes: ['a.b'], metadata: {} },
  );
});

test('changes made at the same time are all kept', async () => {
  const { bench, id } = await made();
  const changes = [
    { description: 'd' },
    { timeoutSeconds: 7 },
    { metadata: { k: 'v' } },
    { format: 'cloudevents' },
  ];
  const answers = await Promise.all(
    changes.map((change) => bench.call('PATCH', `/v1/subscriptions/${id}`, change)),
  );
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 200],
  );
  const { description, timeoutSeconds, metadata, format } =
    (await bench.store.get('acme', id)) ?? subscription();
  assert.deepEqual([description, timeoutSeconds, metadata, format], ['d', 7, { k: 'v' }, 'cloudevents']);
});

test('resuming a disabled subscription forgets why it was disabled', async () => {
  const { bench, id } = await made();
  const before = await bench.store.get('acme', id);
  assert.ok(before && (await bench.store.disable(before, '410', 1)));
  const resumed = await bench.call('PATCH', `/v1/subscriptions/${id}`, { status: 'active' });
  assert.deepEqual([resumed.body.status, resumed.body.statusReason], ['active', null]);
});

test('C074: an id that is taken is a conflict', async () => {
  const { bench } = await made({ id: 'mine' });
  const again = await bench.call('POST', '/v1/subscriptions', { url: URL_OK, id: 'mine' });
  assert.deepEqual([again.status, again.body.type], [409, '/problems/conflict']);
  assert.equal(
    (await bench.call('POST', '/v1/subscriptions', { url: URL_OK, id: 'mine' }, 'globex')).status,
    201,
  );
});

test('a list shows what its filters ask for, newest first; a deleted subscription is gone', async () => {
  const bench = new ManageBench();
  for (let i = 0; i < 6; i++)
    await bench.store.create(
      subscription({
        id: `s${i}`,
        createdAt: i,
        eventTypes: [i % 2 ? 'order.*' : 'user.created'],
        status: i < 2 ? 'paused' : 'active',
      }),
    );
  const ids = async (query: string) =>
    ((await bench.call('GET', `/v1/subscriptions?${query}`)).body.data as { id: string }[]).map(
      ({ id }) => id,
    );
  assert.deepEqual(await ids('eventType=order.created'), ['s5', 's3', 's1']);
  assert.deepEqual(await ids('status=paused'), ['s1', 's0']);
  assert.equal((await bench.call('DELETE', '/v1/subscriptions/s1')).status, 204);
  assert.equal((await bench.call('DELETE', '/v1/subscriptions/s1')).status, 404);
  assert.deepEqual(await ids('status=paused'), ['s0']);
});

test('C048: whoever mends an endpoint or resumes a subscription starts with a clean record', async () => {
  const { bench, id } = await made();
  const health = new FakeHealth(bench.store);
  const mending: readonly (readonly [string, string, object])[] = [
    ['PATCH', '', { url: 'https://new.example/' }],
    ['PATCH', '', { status: 'active' }],
    ['PATCH', '', { headers: { 'X-Key': 'new' } }],
    ['PATCH', '', { timeoutSeconds: 30 }],
    ['PATCH', '', { format: 'cloudevents' }],
    ['POST', '/secret/rotate', {}],
  ];
  for (const [method, path, change] of mending) {
    const endpoint = await bench.store.get('acme', id);
    assert.ok(endpoint);
    await health.failed({ endpoint, event: 'evt_1', now: 1 });
    await bench.call('PATCH', `/v1/subscriptions/${id}`, { description: 'no mending', rateLimit: null });
    await bench.call('PATCH', `/v1/subscriptions/${id}`, { status: 'paused' });
    assert.equal((await health.load('acme', [id])).size, 1);
    await bench.call(method, `/v1/subscriptions/${id}${path}`, change);
    assert.equal((await health.load('acme', [id])).size, 0, JSON.stringify(change));
  }
});

test('a test sends one real request and answers with the attempt', async () => {
  const { bench, id } = await made({ status: 'paused' });
  const answer = await bench.call('POST', `/v1/subscriptions/${id}/test`, {
    type: 'order.created',
    data: { n: 1 },
  });
  assert.deepEqual(
    [answer.status, answer.body.status, answer.body.trigger, answer.body.number],
    [200, 200, 'test', 1],
  );
  assert.deepEqual(
    bench.sent.map(({ url }) => url),
    [URL_OK],
  );
  assert.equal(bench.deliveryQueue.sent.length, 0);
});

test('a test whose host could not even be looked up is answered as a failed attempt', async () => {
  const { bench, id } = await made({}, { destination: { send: async () => ({ kind: 'not-started' }) } });
  const answer = await bench.call('POST', `/v1/subscriptions/${id}/test`);
  assert.deepEqual([answer.status, answer.body.status, answer.body.error], [200, null, 'dns']);
});

test("a test's data is sent token for token, null included; without any it says what it is", async () => {
  const { bench, id } = await made();
  const path = `/v1/subscriptions/${id}/test`;
  for (const [body, data] of [
    ['{"data": {"a":9007199254740993,"b":1.0,"a":1e400} }', '{"a":9007199254740993,"b":1.0,"a":1e400}'],
    ['{"data":null}', 'null'],
    ['', '{"message":"This is a test from Fanfare."}'],
  ] as const) {
    assert.equal((await bench.call('POST', path, body)).status, 200, body);
    assert.ok(bench.sent.at(-1)?.body.toString().endsWith(`"data":${data}}`), body);
  }
});
