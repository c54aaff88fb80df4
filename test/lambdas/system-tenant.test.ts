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
  assert.equal((await b.post(JSON.stringify({ ...forged, tenant: 'fanfare.system.acme' }))).status, 202);
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
