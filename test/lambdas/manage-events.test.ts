import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventRecord } from '../../core/event.ts';
import { formatTime } from '../../core/rfc3339.ts';
import { eventEnvelope } from '../support/delivery-messages.ts';
import { deliveryRow } from '../support/delivery-rows.ts';
import { ManageBench } from '../support/manage-bench.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

async function record(bench: ManageBench, fields: Partial<EventRecord>): Promise<EventRecord> {
  const envelope = eventEnvelope({ acceptedAt: bench.clock.now(), time: bench.clock.now() });
  const event = { ...envelope, data: '1', requestId: 'r', matched: 1, shards: 1, ...fields };
  await bench.events.keep(event);
  return event;
}

test('C001: an event shows its data token for token, its envelope and where its deliveries stand', async () => {
  const bench = new ManageBench();
  const data = '{ "id":9007199254740993, "big":1e400, "price":1.0, "x":1,"x":2 }';
  const event = await record(bench, {
    data,
    subject: 's',
    metadata: { region: 'eu' },
    matched: 9,
    time: Date.UTC(2025, 0, 1),
    trace: TRACE,
  });
  const statuses = ['succeeded', 'succeeded', 'retrying', 'failed', 'skipped', 'cancelled', null] as const;
  await bench.deliveries.append(
    statuses.map((status, i) =>
      deliveryRow({ createdAt: event.acceptedAt, subscription: `sub_${i}`, status, trigger: 'manual' }),
    ),
  );
  await bench.deliveries.append([
    deliveryRow({ createdAt: event.acceptedAt, subscription: 'sub_2', attempt: 2, status: 'succeeded' }),
  ]);
  const { status, text, body, headers } = await bench.call('GET', '/v1/events/evt_1');
  assert.deepEqual([status, headers['content-type']], [200, 'application/json']);
  assert.ok(text.endsWith(`"data":${data}}`), text);
  const { data: _data, ...rest } = body;
  assert.deepEqual(rest, {
    id: 'evt_1',
    tenant: 'acme',
    type: 'order.created',
    subject: 's',
    time: '2025-01-01T00:00:00.000Z',
    acceptedAt: formatTime(event.acceptedAt),
    metadata: { region: 'eu' },
    matched: 9,
    traceparent: TRACE,
    // Two of the nine have not begun, one was only tried by hand.
    deliveries: { succeeded: 3, pending: 3, retrying: 0, failed: 1, skipped: 1, cancelled: 1 },
  });
});

test('an event that matched nothing is on record', async () => {
  const bench = new ManageBench();
  await record(bench, { matched: 0 });
  const { body } = await bench.call('GET', '/v1/events/evt_1');
  const none = { succeeded: 0, pending: 0, retrying: 0, failed: 0, skipped: 0, cancelled: 0 };
  assert.deepEqual([body.matched, body.deliveries, body.traceparent], [0, none, undefined]);
});

test("C076: somebody else's event and an unknown one answer alike", async () => {
  const bench = new ManageBench();
  await record(bench, {});
  const foreign = await bench.call('GET', '/v1/events/evt_1', undefined, 'globex');
  const unknown = await bench.call('GET', '/v1/events/evt_none', undefined, 'globex');
  const named = await bench.call('GET', '/v1/events/evt_1?tenant=acme', undefined, 'globex');
  assert.deepEqual([foreign.status, foreign.text], [404, unknown.text]);
  assert.equal(named.status, 403);
  assert.equal((await bench.call('GET', '/v1/events/evt_1?tenant=acme', undefined, 'admin')).status, 200);
});

test('events are listed newest first, in pages that end where the list ends', async () => {
  const bench = new ManageBench();
  for (let i = 0; i < 7; i++) {
    bench.clock.advance(1_000);
    await record(bench, { id: `evt_${i}`, type: i % 2 ? 'order.paid' : 'order.created' });
  }
  const all = async (query: string): Promise<readonly string[]> => {
    const seen: string[] = [];
    let cursor: unknown = null;
    do {
      const more: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { status, body } = await bench.call('GET', `/v1/events?limit=3${query}${more}`);
      assert.equal(status, 200);
      const data = body.data as readonly { id: string }[];
      assert.ok(data.length === 3 || body.cursor === null);
      seen.push(...data.map(({ id }) => id));
      cursor = body.cursor;
    } while (cursor !== null);
    return seen;
  };
  const start = bench.clock.now() - 6_000;
  assert.deepEqual(await all(''), ['evt_6', 'evt_5', 'evt_4', 'evt_3', 'evt_2', 'evt_1', 'evt_0']);
  assert.deepEqual(await all('&type=order.paid'), ['evt_5', 'evt_3', 'evt_1']);
  const since = formatTime(start + 1_000);
  const until = formatTime(start + 4_000);
  assert.deepEqual(await all(`&since=${since}&until=${until}`), ['evt_3', 'evt_2', 'evt_1']);
});

test('a listed event has everything but its data and its counts', async () => {
  const bench = new ManageBench();
  const event = await record(bench, {});
  const { body } = await bench.call('GET', '/v1/events');
  assert.deepEqual(body, {
    data: [
      {
        id: 'evt_1',
        tenant: 'acme',
        type: 'order.created',
        subject: null,
        time: formatTime(event.time),
        acceptedAt: formatTime(event.acceptedAt),
        metadata: {},
        matched: 1,
      },
    ],
    cursor: null,
  });
});

test('C078: what a query parameter cannot be is refused by name, not answered with an empty list', async () => {
  const bench = new ManageBench();
  for (const [query, name] of [
    ['limit=0', 'limit'],
    ['limit=1e9', 'limit'],
    ['limit=10&limit=20', 'limit'],
    ['since=2026-02-30T00:00:00Z', 'since'],
    ['until=1700000000', 'until'],
    ['type=order..created', 'type'],
    ['colour=red', 'colour'],
    ['cursor=%00', 'cursor'],
  ]) {
    const { status, body } = await bench.call('GET', `/v1/events?${query}`);
    const errors = body.errors as readonly { pointer: string }[];
    assert.deepEqual([status, errors?.[0]?.pointer], [400, name], query);
  }
});

test('C070: a cursor is good for its own list, tenant and filters only', async () => {
  const bench = new ManageBench();
  for (const tenant of ['acme', 'globex']) {
    for (let i = 0; i < 3; i++) await record(bench, { tenant, id: `evt_${i}` });
  }
  const { body } = await bench.call('GET', '/v1/events?limit=1');
  const cursor = String(body.cursor);
  assert.equal((await bench.call('GET', `/v1/events?limit=1&cursor=${cursor}`)).status, 200);
  const [position = '', signature] = cursor.split('.');
  const other = Buffer.from(position, 'base64url').toString().replace('acme', 'globex');
  const forged = `${Buffer.from(`${other} `).toString('base64url')}.${signature}`;
  for (const [path, token] of [
    [`/v1/events?cursor=${cursor}`, 'globex'],
    [`/v1/events?cursor=${cursor}&type=order.created`, 'acme'],
    [`/v1/deliveries?cursor=${cursor}`, 'acme'],
    [`/v1/events?cursor=${forged}`, 'acme'],
    [`/v1/events?cursor=${'A'.repeat(10_000)}`, 'acme'],
  ] as const) {
    const answer = await bench.call('GET', path, undefined, token);
    assert.deepEqual([answer.status, answer.body.type], [400, '/problems/invalid-cursor'], path.slice(0, 80));
  }
});
