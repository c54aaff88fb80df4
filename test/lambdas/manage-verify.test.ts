import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { QUOTA, VERIFY } from '../../contract/limits.ts';
import { judgeState } from '../../core/dispatch/guard.ts';
import type { OutgoingRequest, SendOutcome } from '../../core/dispatch/ports.ts';
import { eventEnvelope } from '../support/delivery-messages.ts';
import { deliveryRow } from '../support/delivery-rows.ts';
import { answer } from '../support/dispatch-world.ts';
import { ManageBench } from '../support/manage-bench.ts';
import { SECRET, subscription } from '../support/subscription.ts';

const PATH = '/v1/subscriptions/sub';
const URL_A = 'https://a.example/hook';
const URL_B = 'https://b.example/hook';

type Answering = (challenge: string) => SendOutcome;

const rightly: Answering = (challenge) => answer(200, { body: JSON.stringify({ challenge }) });

function bench(answering: Answering = rightly, verifyEndpoints = true) {
  const api = new ManageBench({ verifyEndpoints });
  const endpoint = { answering };
  api.respond = async (request) => endpoint.answering(challengeOf(request));
  const create = (fields: object = {}) =>
    api.call('POST', '/v1/subscriptions', { id: 'sub', url: URL_A, secret: SECRET, ...fields });
  return { api, endpoint, create };
}

function challengeOf({ body }: OutgoingRequest): string {
  return JSON.parse(body.toString()).data.challenge;
}

test('C080: an endpoint that answers the signed challenge is active, and was sent nothing else', async () => {
  const { api, create } = bench();
  const { status, body } = await create();
  assert.deepEqual([status, body.status, body.statusReason], [201, 'active', null]);
  const [request, ...others] = api.sent;
  assert.ok(request && others.length === 0);
  const { headers } = request;
  const at = new Date(Number(headers['webhook-timestamp']) * 1000);
  const text = request.body.toString();
  assert.equal(headers['webhook-signature'], new Webhook(SECRET).sign(headers['webhook-id'] ?? '', at, text));
  assert.equal(JSON.parse(text).type, 'fanfare.verify');
  assert.ok(Buffer.from(challengeOf(request), 'base64url').length === VERIFY.challengeBytes);
  assert.ok(request.timeoutMs <= VERIFY.maxSeconds * 1000);
});

test('C080: the challenge is taken as plain text and as JSON, and from nothing that only looks like it', async () => {
  for (const [what, answering, status] of [
    ['plain text', (c) => answer(200, { body: c }), 'active'],
    ['plain text and a line break', (c) => answer(204, { body: `${c}\n` }), 'active'],
    ['JSON among others', (c) => answer(200, { body: `{"a":1,"challenge":"${c}"}` }), 'active'],
    ['nothing', () => answer(200, { body: '' }), 'unverified'],
    ['any 2xx', () => answer(200, { body: 'ok' }), 'unverified'],
    [
      'the request, echoed',
      (c) => answer(200, { body: `{"type":"fanfare.verify","data":{"challenge":"${c}"}}` }),
      'unverified',
    ],
    ['a part of it', (c) => answer(200, { body: c.slice(1) }), 'unverified'],
    ['it and more', (c) => answer(200, { body: `${c}x` }), 'unverified'],
    ['in a list', (c) => answer(200, { body: `["${c}"]` }), 'unverified'],
    ['rightly, as a refusal', (c) => answer(403, { body: c }), 'unverified'],
    ['rightly, as a redirect', (c) => answer(302, { body: c }), 'unverified'],
    ['null', () => answer(200, { body: 'null' }), 'unverified'],
  ] as const satisfies readonly (readonly [string, Answering, string])[]) {
    const { create } = bench(answering);
    const { body } = await create();
    assert.equal(body.status, status, what);
    assert.equal(body.statusReason === null, status === 'active', what);
  }
});

test('an old challenge is no proof: each request has its own', async () => {
  const seen: string[] = [];
  const { api, endpoint, create } = bench((challenge) => {
    seen.push(challenge);
    return answer(500);
  });
  assert.equal((await create()).body.statusReason, 'the challenge was answered 500');
  endpoint.answering = () => answer(200, { body: seen[0] ?? '' });
  api.clock.advance(VERIFY.pauseSeconds * 1000);
  assert.equal((await api.call('POST', `${PATH}/verify`)).body.status, 'unverified');
  assert.equal(api.sent.length, 2);
});

test('neither a resume, nor a test, nor a pause in between is a proof; asking again is', async () => {
  const { api, endpoint, create } = bench(() => answer(500));
  await create();
  for (const [method, path, body] of [
    ['PATCH', PATH, { status: 'active' }],
    ['POST', `${PATH}/test`, undefined],
  ] as const) {
    const refused = await api.call(method, path, body);
    assert.equal(refused.status, 409, refused.text);
    assert.match(String(refused.body.detail), /POST \/v1\/subscriptions\/sub\/verify/);
  }
  assert.equal((await api.call('PATCH', PATH, { status: 'paused' })).body.status, 'paused');
  assert.equal((await api.call('PATCH', PATH, { status: 'active' })).status, 409);
  assert.equal((await api.call('POST', `${PATH}/test`)).status, 409);
  assert.equal(api.sent.length, 1);
  endpoint.answering = rightly;
  api.clock.advance(VERIFY.pauseSeconds * 1000);
  assert.equal((await api.call('POST', `${PATH}/verify`)).body.status, 'paused');
  assert.equal((await api.call('PATCH', PATH, { status: 'active' })).body.status, 'active');
  assert.equal((await api.call('POST', `${PATH}/verify`)).body.status, 'active');
  assert.equal(api.sent.length, 2, 'one that has proven it is not asked');
});

test('another URL has to prove it before it is sent anything; the same one, and other changes, need not', async () => {
  const { api, endpoint, create } = bench();
  await create();
  endpoint.answering = () => answer(404);
  assert.equal((await api.call('PATCH', PATH, { url: URL_A, description: 'x' })).body.status, 'active');
  assert.equal(api.sent.length, 1);
  const moved = await api.call('PATCH', PATH, { url: URL_B });
  assert.deepEqual(
    [moved.status, moved.body.url, moved.body.status, moved.body.statusReason],
    [200, URL_B, 'unverified', 'the challenge was answered 404'],
  );
  assert.equal(api.sent[1]?.url, URL_B);
  // An endpoint that was asked a moment ago is left in peace.
  assert.equal((await api.call('PATCH', PATH, { url: URL_A })).status, 429);
  api.clock.advance(VERIFY.pauseSeconds * 1000);
  endpoint.answering = rightly;
  const back = await api.call('PATCH', PATH, { url: URL_A, status: 'active' });
  assert.deepEqual([back.body.status, back.body.statusReason], ['active', null]);
});

test('what is refused for another reason sends no challenge', async () => {
  const { api, create } = bench();
  await create({ headers: { 'X-Api-Key': 'hush' } });
  assert.equal((await create()).status, 409);
  assert.equal((await api.call('PATCH', PATH, { url: URL_B })).status, 400);
  assert.equal((await api.call('POST', '/v1/subscriptions', { url: 'https://10.0.0.1/' })).status, 400);
  assert.equal((await api.call('POST', '/v1/subscriptions/none/verify')).status, 404);
  assert.equal((await api.call('POST', `${PATH}/verify`, undefined, 'globex')).status, 404);
  assert.equal(api.sent.length, 1);
});

test('challenges are counted with tests, and one endpoint is asked by one of many who ask at once', async () => {
  const { api, create } = bench(() => answer(500));
  await create();
  api.clock.advance(VERIFY.pauseSeconds * 1000);
  const asked = await Promise.all(Array.from({ length: 9 }, () => api.call('POST', `${PATH}/verify`)));
  assert.equal(asked.filter(({ status }) => status === 200).length, 1);
  assert.equal(asked.filter(({ status }) => status === 429).length, 8);
  for (const one of asked) if (one.status === 429) assert.ok(Number(one.headers['retry-after']) >= 1);
  assert.equal(api.sent.length, 2);
  api.respond = () => new Promise(() => undefined);
  for (let i = 0; i < QUOTA.testsPerTenant; i++) void create({ id: `hangs${i}` });
  await new Promise((resolve) => setImmediate(resolve));
  const refused = await create({ id: 'more' });
  assert.equal(refused.status, 429);
  assert.equal(await api.store.get('acme', 'more'), null);
});

test('an answer that comes when the subscription leads elsewhere proves nothing of that', async () => {
  const { api, endpoint, create } = bench(() => answer(500));
  await create();
  api.clock.advance(VERIFY.pauseSeconds * 1000);
  const late = Promise.withResolvers<void>();
  api.respond = async (request) => {
    await late.promise;
    return rightly(challengeOf(request));
  };
  const verifying = api.call('POST', `${PATH}/verify`);
  await new Promise((resolve) => setImmediate(resolve));
  const row = await api.store.get('acme', 'sub');
  assert.ok(row);
  await api.store.replace(row, { ...row, url: URL_B, revision: row.revision + 1 });
  late.resolve();
  assert.equal((await verifying).body.status, 'unverified');
  assert.equal((await api.store.get('acme', 'sub'))?.status, 'unverified');
  endpoint.answering = rightly;
});

test('where endpoints need prove nothing, none is asked and none is unverified', async () => {
  const { api, create } = bench(rightly, false);
  assert.equal((await create()).body.status, 'active');
  assert.equal((await api.call('PATCH', PATH, { url: URL_B })).body.status, 'active');
  assert.equal((await api.call('POST', `${PATH}/verify`)).body.status, 'active');
  assert.equal(api.sent.length, 0);
  assert.deepEqual(Object.keys((await api.store.get('acme', 'sub')) ?? {}).includes('unproven'), false);
});

test('unverified subscriptions can be listed', async () => {
  const { api, create } = bench(() => answer(500));
  await create();
  const list = await api.call('GET', '/v1/subscriptions?status=unverified');
  assert.deepEqual(
    (list.body.data as { id: string }[]).map(({ id }) => id),
    ['sub'],
  );
  assert.deepEqual((await api.call('GET', '/v1/subscriptions?status=active')).body.data, []);
});

test('pausing is no way round the proof: no delivery is sent by hand to an endpoint that has given none', async () => {
  for (const fields of [{ status: 'paused' }, {}]) {
    const { api, create } = bench(() => answer(200));
    await create({ tenant: 'acme', ...fields });
    assert.equal((await api.call('PATCH', `${PATH}?tenant=acme`, { status: 'paused' })).status, 200);
    const envelope = eventEnvelope();
    await api.events.keep({ ...envelope, data: '1', requestId: 'r', matched: 1, shards: 1 });
    const row = deliveryRow({ subscription: 'sub', result: null, status: 'skipped', reason: 'paused' });
    await api.deliveries.append([{ ...row, createdAt: envelope.acceptedAt, event: envelope.id }]);
    const { status, body } = await api.call('POST', `/v1/deliveries/${row.delivery}/retry?tenant=acme`);
    assert.deepEqual([status, body.type], [409, '/problems/conflict'], JSON.stringify(body));
    assert.equal(api.deliveryQueue.sent.length, 0);
  }
});

test('what was asked for before an endpoint lost its proof is not sent, paused or not', () => {
  const unproven = { reason: 'not asked', askedAt: 0 };
  for (const status of ['paused', 'unverified'] as const)
    for (const trigger of ['manual', 'test', 'schedule'] as const)
      assert.deepEqual(judgeState(subscription({ status, unproven }), trigger), {
        kind: 'skip',
        reason: status,
      });
});
