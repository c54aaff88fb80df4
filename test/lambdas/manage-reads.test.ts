import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeDeliveryMessage, decodeTaskMessage } from '../../core/message.ts';
import { deadLetter, eventEnvelope } from '../support/delivery-messages.ts';
import { ACCEPTED_AT, attemptResult, deliveryRow } from '../support/delivery-rows.ts';
import { ManageBench } from '../support/manage-bench.ts';
import { subscription } from '../support/subscription.ts';

async function bench(events = 1): Promise<ManageBench> {
  const made = new ManageBench();
  for (let i = 1; i <= events; i++) {
    await made.events.keep({
      ...eventEnvelope({ id: `evt_${i}`, acceptedAt: ACCEPTED_AT + i }),
      data: '{"id":9007199254740993,"v":1.10}',
      requestId: `r${i}`,
      matched: 2,
      shards: 1,
    });
  }
  return made;
}

const row = (event: number, fields: Parameters<typeof deliveryRow>[0] = {}) =>
  deliveryRow({ event: `evt_${event}`, createdAt: ACCEPTED_AT + event, ...fields });

test('C082: an event is answered with its data token for token and its deliveries counted', async () => {
  const b = await bench();
  await b.deliveries.append([row(1, { status: 'succeeded' })]);
  const answer = await b.call('GET', '/v1/events/evt_1');
  assert.ok(answer.text.endsWith(',"data":{"id":9007199254740993,"v":1.10}}'));
  assert.equal(answer.body.matched, 2);
  assert.deepEqual(answer.body.deliveries, {
    succeeded: 1,
    pending: 1,
    retrying: 0,
    failed: 0,
    skipped: 0,
    cancelled: 0,
  });
});

test('a delivery is found by its id, with its attempts in order', async () => {
  const b = await bench();
  const rows = [row(1), row(1, { attempt: 2, status: 'succeeded', result: attemptResult({ status: 200 }) })];
  await b.deliveries.append(rows);
  const answer = await b.call('GET', `/v1/deliveries/${rows[0]?.delivery}`);
  assert.equal(answer.body.status, 'succeeded');
  const attempts = answer.body.attempts as { number: number; status: number; responseBody: string }[];
  assert.deepEqual(
    attempts.map(({ number, status }) => [number, status]),
    [
      [1, 500],
      [2, 200],
    ],
  );
  assert.equal(attempts[0]?.responseBody, 'no');
});

test('the list of deliveries goes on where the last page ended, each delivery once, newest first', async () => {
  const b = await bench(30);
  for (let i = 1; i <= 30; i++)
    await b.deliveries.append(['sub_1', 'sub_2'].map((id) => row(i, { subscription: id })));
  for (const query of ['limit=7', 'limit=7&subscription=sub_1']) {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await b.call(
        'GET',
        `/v1/deliveries?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...(body.data as { id: string }[]).map(({ id }) => id));
      cursor = body.cursor === null ? '' : String(body.cursor);
    } while (cursor !== '');
    assert.equal(new Set(seen).size, query.includes('subscription') ? 30 : 60);
    assert.equal(seen.length, new Set(seen).size);
  }
});

test('dead letters are listed and counted by subscription and last answer', async () => {
  const b = await bench();
  for (const [id, status] of [
    ['sub_1', 500],
    ['sub_1', 503],
    ['sub_2', 500],
  ] as const) {
    const dead = { at: b.clock.now() - 1, reason: 'exhausted' as const, lastStatus: status, lastError: null };
    await b.deadLetters.record(deadLetter({ targets: [id], dead }), `dlv_${id}_${status}`);
  }
  assert.equal(
    ((await b.call('GET', '/v1/dead-letters?subscription=sub_1')).body.data as unknown[]).length,
    2,
  );
  const counts = (await b.call('GET', '/v1/dead-letters/summary')).body.data as object[];
  assert.equal(counts.length, 3);
  assert.ok(
    counts.every((count) => Object.keys(count).join() === 'tenant,subscription,lastStatus,lastError,count'),
  );
});

test('a redrive is a task that can be watched and cancelled, by its own tenant only', async () => {
  const b = await bench();
  const started = await b.call('POST', '/v1/redrive', {
    subscription: 'sub_1',
    since: '2026-01-01T00:00:00Z',
    dryRun: true,
  });
  assert.equal(started.status, 202);
  const id = String(started.body.id);
  assert.deepEqual(
    b.taskQueue.bodies.map((body) => decodeTaskMessage(body).header.task),
    [id],
  );
  assert.equal((await b.call('GET', `/v1/tasks/${id}`)).body.status, 'queued');
  assert.equal((await b.call('GET', `/v1/tasks/${id}`, undefined, 'globex')).status, 404);
  assert.equal((await b.call('POST', `/v1/tasks/${id}/cancel`)).body.status, 'cancelled');
  assert.equal((await b.call('POST', `/v1/tasks/${id}/cancel`)).status, 409);
  for (const body of [
    { limit: 0 },
    { ratePerSecond: 1_001 },
    { since: 'yesterday' },
    { dryRun: 'yes' },
    { nope: 1 },
  ]) {
    assert.equal((await b.call('POST', '/v1/redrive', body)).status, 400, JSON.stringify(body));
  }
  assert.equal((await b.call('POST', '/v1/redrive', { tenant: 'globex' })).status, 403);
});

test('C045, C083: a delivery is sent again each time it is asked for, unless its subscription is disabled or gone', async () => {
  const b = await bench();
  const skipped = row(1, { result: null, status: 'skipped', reason: 'disabled' });
  await b.deliveries.append([skipped]);
  const path = `/v1/deliveries/${skipped.delivery}/retry`;
  assert.equal((await b.call('POST', path)).status, 409);
  await b.store.create(subscription({ status: 'disabled' }));
  assert.equal((await b.call('POST', path)).status, 409);
  const disabled = await b.store.get('acme', 'sub_1');
  assert.ok(disabled);
  await b.store.replace(disabled, { ...disabled, status: 'active', revision: 2 });
  for (let click = 0; click < 2; click++) assert.equal((await b.call('POST', path)).status, 202);
  const sent = b.deliveryQueue.bodies.map(decodeDeliveryMessage);
  assert.deepEqual(
    sent.map(({ header }) => [header.trigger, header.attempt, header.event.id]),
    [
      ['manual', 2, 'evt_1'],
      ['manual', 2, 'evt_1'],
    ],
  );
  assert.notEqual(sent[0]?.header.run, sent[1]?.header.run);
  assert.equal(sent[0]?.data, '{"id":9007199254740993,"v":1.10}');
});

test("keys are shown once, bound to their maker's tenant, and gone when deleted", async () => {
  const b = new ManageBench();
  const created = await b.call('POST', '/v1/keys', {
    name: 'ci',
    scopes: ['events:write'],
    expiresAt: '2027-01-01T00:00:00Z',
  });
  assert.equal(created.status, 201);
  assert.match(String(created.body.key), /^ffk_[A-Za-z0-9_-]{43}$/);
  assert.equal(created.body.tenant, 'acme');
  const list = await b.call('GET', '/v1/keys');
  assert.doesNotMatch(list.text, /ffk_/);
  assert.equal((list.body.data as unknown[]).length, 1);
  assert.equal(
    (await b.call('POST', '/v1/keys', { name: 'x', scopes: ['admin'], tenant: 'globex' })).status,
    403,
  );
  for (const body of [
    { name: '', scopes: ['admin'] },
    { name: 'x', scopes: [] },
    { name: 'x', scopes: ['root'] },
    { name: 'x', scopes: ['admin'], expiresAt: '2020-01-01T00:00:00Z' },
  ]) {
    assert.equal((await b.call('POST', '/v1/keys', body)).status, 400, JSON.stringify(body));
  }
  const path = `/v1/keys/${created.body.id}`;
  assert.equal((await b.call('DELETE', path, undefined, 'globex')).status, 404);
  assert.equal((await b.call('DELETE', path)).status, 204);
  assert.equal((await b.call('DELETE', path)).status, 404);
});
