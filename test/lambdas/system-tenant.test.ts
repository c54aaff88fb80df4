import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SYSTEM_TENANT } from '../../core/system-tenant.ts';
import { eventEnvelope } from '../support/delivery-messages.ts';
import { ACCEPTED_AT, deliveryRow } from '../support/delivery-rows.ts';
import { ingestBench } from '../support/ingest-bench.ts';
import { ManageBench } from '../support/manage-bench.ts';
import { subscription } from '../support/subscription.ts';

const forged = { type: 'subscription.disabled', data: { tenant: 'acme' }, tenant: SYSTEM_TENANT };

test("nobody posts an event of the system's tenant, in whatever form, under whatever key", async () => {
  const b = ingestBench();
  const single = await b.post(JSON.stringify(forged));
  assert.deepEqual([single.status, single.body.type], [403, '/problems/forbidden']);
  for (const more of [{ id: 'evt_mine' }, { data: null }]) {
    assert.equal((await b.post(JSON.stringify({ ...forged, ...more }))).status, 403);
  }
  assert.equal((await b.post(JSON.stringify(forged), { 'idempotency-key': 'k' })).status, 403);
  const some = await b.post(JSON.stringify([forged, { type: 'a.b', data: 1 }]));
  assert.deepEqual([some.status, some.body.results.map(({ status }) => status)], [207, [403, 202]]);
  const cloud = { specversion: '1.0', id: '1', source: '/x', type: 'subscription.disabled', data: {} };
  const bound = { authorization: 'Bearer system' };
  for (const [body, headers] of [
    [JSON.stringify({ type: 'a.b', data: 1 }), {}],
    [JSON.stringify(cloud), { 'content-type': 'application/cloudevents+json' }],
    [JSON.stringify([cloud]), { 'content-type': 'application/cloudevents-batch+json' }],
    ['{}', { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/x', 'ce-type': 'a.b' }],
  ] as const) {
    const answer = await b.post(body, { ...bound, ...headers });
    assert.ok([400, 403].includes(answer.status), `${body} ${answer.status}`);
  }
  assert.deepEqual(
    b.messages().map(({ header }) => header.event.tenant),
    ['default'],
  );
  for (const tenant of ['fanfare', 'fanfares.system', 'fanfare-system', 'my.fanfare.system'])
    assert.equal((await b.post(JSON.stringify({ ...forged, tenant }))).status, 202, tenant);
});

const LOOKALIKES = [
  'FANFARE.SYSTEM',
  'Fanfare.System',
  'fanfare.SYSTEM',
  'fanfare.other',
  'fanfare.system.acme',
  'fanfare.',
];

test("nothing is made for a tenant whose name looks like the system's: the refusal names the rule", async () => {
  const b = ingestBench();
  const m = new ManageBench();
  for (const tenant of LOOKALIKES) {
    const posted = await b.post(JSON.stringify({ ...forged, tenant }));
    const refused = [
      { status: posted.status, body: posted.body as unknown as Readonly<Record<string, unknown>> },
      await m.call('POST', '/v1/subscriptions', { tenant, url: 'https://h.example/' }, 'admin'),
      await m.call('POST', '/v1/keys', { tenant, name: 'k', scopes: ['admin'] }, 'admin'),
      await m.call('POST', '/v1/portal-sessions', { tenant }, 'admin'),
      await m.call('PUT', `/v1/tenants/${tenant}`, {}, 'admin'),
    ];
    for (const { status, body } of refused) {
      assert.equal(status, 400, JSON.stringify(body));
      assert.deepEqual(body.errors, [
        { pointer: '/tenant', detail: 'must not begin with "fanfare.", in whatever case' },
      ]);
    }
    const some = await b.post(
      JSON.stringify([
        { ...forged, tenant },
        { type: 'a.b', data: 1 },
      ]),
    );
    assert.deepEqual(
      some.body.results.map(({ status }) => status),
      [400, 202],
    );
  }
  assert.equal(m.keys.sessions.length, 0);
  for (const tenant of LOOKALIKES)
    assert.deepEqual((await Array.fromAsync(m.store.newestFirst(tenant, null))).flat(), []);
  const all = await m.call('GET', '/v1/tenants', undefined, 'admin');
  assert.deepEqual(all.body.data, []);
});

test('what a tenant of such a name has from before can be read and deleted', async () => {
  const m = new ManageBench();
  for (const id of ['sub_1', 'sub_2']) await m.store.create(subscription({ id, tenant: 'fanfare.other' }));
  const call = (method: string, path: string) =>
    m.call(method, `${path}?tenant=fanfare.other`, undefined, 'admin');
  assert.equal((await call('GET', '/v1/subscriptions/sub_1')).status, 200);
  assert.equal((await call('DELETE', '/v1/subscriptions/sub_1')).status, 204);
  assert.equal((await m.call('DELETE', '/v1/tenants/fanfare.other', undefined, 'admin')).status, 204);
  assert.equal((await call('GET', '/v1/subscriptions/sub_2')).status, 404);
});

test("the system's tenant itself is nobody's to change or delete", async () => {
  const { made } = await bench();
  for (const method of ['PUT', 'DELETE']) {
    const { status, body } = await made.call(
      method,
      `/v1/tenants/${SYSTEM_TENANT}`,
      method === 'PUT' ? {} : undefined,
      'admin',
    );
    assert.deepEqual([status, body.type], [403, '/problems/forbidden'], method);
  }
  assert.equal(
    (await made.call('GET', `/v1/subscriptions/sub_1?tenant=${SYSTEM_TENANT}`, undefined, 'admin')).status,
    200,
  );
});

async function bench() {
  const made = new ManageBench();
  await made.store.create(subscription({ tenant: SYSTEM_TENANT }));
  const event = eventEnvelope({ tenant: SYSTEM_TENANT, acceptedAt: ACCEPTED_AT });
  await made.events.keep({ ...event, data: '{"said":"by us"}', requestId: 'r', matched: 1, shards: 1 });
  const row = deliveryRow({ tenant: SYSTEM_TENANT, status: 'failed' });
  await made.deliveries.append([row]);
  const call = (path: string, body: object = {}) =>
    made.call('POST', `/v1/${path}?tenant=${SYSTEM_TENANT}`, body, 'admin');
  return { made, call, delivery: row.delivery };
}

test("a test for a subscriber of the system says that it is one, and can't be made to say what the system would", async () => {
  const { made, call } = await bench();
  for (const body of [
    { type: 'subscription.disabled' },
    { data: { tenant: 'acme' } },
    { type: 'fanfare.test', data: null },
  ]) {
    assert.equal((await call('subscriptions/sub_1/test', body)).status, 403, JSON.stringify(body));
  }
  assert.equal(made.sent.length, 0);
  assert.equal((await call('subscriptions/sub_1/test')).status, 200);
  assert.match(String(made.sent[0]?.body), /"type":"fanfare\.test"/);
});

test('what the system said may be subscribed to, read and sent again, as it was said', async () => {
  const { made, call, delivery } = await bench();
  const fields = { url: 'https://h.example/', tenant: SYSTEM_TENANT };
  assert.equal((await made.call('POST', '/v1/subscriptions', fields, 'admin')).status, 201);
  assert.equal(
    (await made.call('GET', `/v1/events/evt_1?tenant=${SYSTEM_TENANT}`, undefined, 'admin')).status,
    200,
  );
  assert.equal((await call(`deliveries/${delivery}/retry`)).status, 202);
  assert.match(made.deliveryQueue.bodies[0] ?? '', /\{"said":"by us"\}$/);
  assert.equal((await call('subscriptions/sub_1/replay', { since: '2026-01-01T00:00:00Z' })).status, 202);
  assert.equal((await made.call('POST', '/v1/redrive', { tenant: SYSTEM_TENANT }, 'admin')).status, 202);
});
