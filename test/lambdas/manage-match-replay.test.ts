import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryId } from '../../core/id.ts';
import { ManageBench } from '../support/manage-bench.ts';
import { subscription } from '../support/subscription.ts';

const NOW = new ManageBench().clock.now();
const HOUR_AGO = new Date(NOW - 3_600_000).toISOString();

async function bench(): Promise<ManageBench> {
  const made = new ManageBench();
  await made.events.keep({
    tenant: 'acme',
    id: 'evt_1',
    type: 'order.created',
    subject: null,
    time: NOW,
    acceptedAt: NOW,
    metadata: { region: 'eu' },
    data: '{"total":9007199254740993}',
    requestId: 'req',
    matched: 1,
    shards: 1,
  });
  const all = [
    {
      id: 'yes',
      eventTypes: ['order.*'],
      filter: { data: { total: [{ numeric: ['>', 9007199254740992] }] } },
    },
    { id: 'type', eventTypes: ['customer.*'] },
    { id: 'filter', filter: { metadata: { region: ['us'] } } },
    { id: 'unreadable', filter: { data: { total: [{ nonsense: 1 }] } } },
    { id: 'paused', status: 'paused' },
    { id: 'disabled', status: 'disabled', statusReason: '410' },
    { id: 'paused-type', status: 'paused', eventTypes: ['x'] },
  ] as const;
  for (const fields of all) await made.store.create(subscription({ tenant: 'acme', ...fields }));
  await made.store.create(subscription({ tenant: 'globex', id: 'foreign' }));
  return made;
}

test('match tells of each subscription of the tenant whether it would get the event, and why not', async () => {
  const api = await bench();
  const { status, body } = await api.call('POST', '/v1/events/evt_1/match');
  assert.equal(status, 200);
  const rows = body.data as readonly { subscription: string; matches: boolean; reason: string | null }[];
  const told = Object.fromEntries(rows.map((row) => [row.subscription, [row.matches, row.reason]]));
  assert.deepEqual(told, {
    yes: [true, null],
    type: [false, 'type'],
    filter: [false, 'filter'],
    unreadable: [false, 'filter'],
    paused: [false, 'paused'],
    disabled: [false, 'disabled'],
    'paused-type': [false, 'type'],
  });
  assert.equal(body.cursor, null);
  assert.deepEqual(api.deliveryQueue.sent, []);
});

test('match says of a filter that is too costly for the event that it is', async () => {
  const api = await bench();
  const found = await api.events.get('acme', 'evt_1');
  assert.ok(found);
  await api.events.keep({ ...found, id: 'evt_2', data: `[${Array(80_000).fill('{}').join()}]` });
  const fields = Array.from({ length: 99 }, (_, i) => ({ [`f${i}`]: [1] }));
  const costly = subscription({ tenant: 'acme', id: 'costly', filter: { data: { $or: fields } } });
  await api.store.create(costly);
  const { body } = await api.call('POST', '/v1/events/evt_2/match');
  const rows = body.data as readonly { subscription: string; matches: boolean; reason: string | null }[];
  assert.deepEqual(
    rows.find((row) => row.subscription === 'costly'),
    { subscription: 'costly', matches: false, reason: 'filter-too-costly' },
  );
});

test('a long list of matches comes in pages, whose cursor is good for that event alone', async () => {
  const api = await bench();
  const first = await api.call('POST', '/v1/events/evt_1/match?limit=4');
  const next = await api.call('POST', `/v1/events/evt_1/match?limit=4&cursor=${first.body.cursor}`);
  assert.deepEqual([(first.body.data as []).length, (next.body.data as []).length], [4, 3]);
  assert.equal((await api.call('GET', `/v1/subscriptions?cursor=${first.body.cursor}`)).status, 400);
});

test('a delivery that a replay made does not pass for one of those the event was for', async () => {
  const api = await bench();
  const { id, tenant, type, acceptedAt } = {
    id: 'evt_1',
    tenant: 'acme',
    type: 'order.created',
    acceptedAt: NOW,
  };
  await api.deliveries.append([
    {
      tenant,
      event: id,
      eventType: type,
      subscription: 'type',
      delivery: deliveryId({ tenant, id, acceptedAt }, 'type'),
      shards: 1,
      createdAt: acceptedAt,
      attempt: 0,
      run: 'tsk_1',
      trigger: 'replay',
      at: NOW,
      request: null,
      result: null,
      status: null,
      reason: 'replay',
      nextAttemptAt: null,
    },
  ]);
  const { body } = await api.call('GET', '/v1/events/evt_1');
  // The one it matched has no row yet, and the replayed one has not been attempted.
  assert.deepEqual([body.matched, (body.deliveries as { pending: number }).pending], [1, 2]);
});

test('match refuses an unknown event, somebody else\u2019s event and a body with fields', async () => {
  const api = await bench();
  const unknown = await api.call('POST', '/v1/events/evt_2/match');
  const foreign = await api.call('POST', '/v1/events/evt_1/match', undefined, 'globex');
  assert.deepEqual([unknown.status, foreign.status], [404, 404]);
  assert.equal(unknown.text, foreign.text);
  assert.equal((await api.call('POST', '/v1/events/evt_1/match', { dry: true })).status, 400);
});

test('a replay is a task on record before it is on the queue', async () => {
  const api = await bench();
  const { status, body } = await api.call('POST', '/v1/subscriptions/yes/replay', { since: HOUR_AGO });
  assert.equal(status, 202, JSON.stringify(body));
  assert.deepEqual([body.kind, body.status, body.matched], ['replay', 'queued', 0]);
  assert.equal((await api.call('GET', `/v1/tasks/${body.id}`)).status, 200);
  assert.equal(api.taskQueue.sent.length, 1);
  const [task] = api.tasks.all;
  assert.deepEqual(task?.request, {
    kind: 'replay',
    tenant: 'acme',
    subscription: 'yes',
    since: NOW - 3_600_000,
    until: NOW,
    status: 'failed',
    eventTypes: null,
    ratePerSecond: 50,
    dryRun: false,
  });
  assert.equal((await api.call('POST', `/v1/tasks/${body.id}/cancel`)).body.status, 'cancelled');
});

const REFUSED: readonly (readonly [what: string, body: object, pointer: string])[] = [
  ['no time', {}, '/since'],
  ['a time that is none', { since: 'yesterday' }, '/since'],
  ['an empty time', { since: HOUR_AGO, until: HOUR_AGO }, '/since'],
  ['a time to come', { since: '2999-01-01T00:00:00Z' }, '/since'],
  ['another status', { since: HOUR_AGO, status: 'pending' }, '/status'],
  ['no event types', { since: HOUR_AGO, eventTypes: [] }, '/eventTypes'],
  ['a type that is none', { since: HOUR_AGO, eventTypes: ['a-b'] }, '/eventTypes/0'],
  ['an unknown field', { since: HOUR_AGO, ratePerSecond: 5 }, '/ratePerSecond'],
];

test('a replay at fault is refused by name of the field, and no task is made', async () => {
  const api = await bench();
  for (const [what, body, pointer] of REFUSED) {
    const answer = await api.call('POST', '/v1/subscriptions/yes/replay', body);
    assert.equal(answer.status, 400, what);
    assert.deepEqual(
      (answer.body.errors as readonly { pointer: string }[]).map((one) => one.pointer),
      [pointer],
      what,
    );
  }
  assert.equal((await api.call('POST', '/v1/subscriptions/nobody/replay', { since: HOUR_AGO })).status, 404);
  assert.equal((await api.call('POST', '/v1/subscriptions/foreign/replay', { since: HOUR_AGO })).status, 404);
  assert.deepEqual(api.tasks.all, []);
});

test('a replay to a subscription that is not active is refused, a dry run is not', async () => {
  const api = await bench();
  for (const id of ['paused', 'disabled']) {
    const path = `/v1/subscriptions/${id}/replay`;
    assert.equal((await api.call('POST', path, { since: HOUR_AGO })).status, 409);
    assert.equal((await api.call('POST', path, { since: HOUR_AGO, dryRun: true })).status, 202);
  }
});
