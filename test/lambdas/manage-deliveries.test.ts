import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveryRow } from '../../core/delivery.ts';
import { deliveryId } from '../../core/id.ts';
import { formatTime } from '../../core/rfc3339.ts';
import { deadLetter, eventEnvelope } from '../support/delivery-messages.ts';
import { attemptResult, deliveryRow } from '../support/delivery-rows.ts';
import { ManageBench } from '../support/manage-bench.ts';

const START = Date.UTC(2026, 0, 2);

interface Listed {
  readonly id: string;
  readonly event: string;
  readonly subscription: string;
  readonly status: string;
}

/** Puts an event on record with one row for each of its deliveries. A failed one dies, as dispatch has it. */
async function deliver(
  bench: ManageBench,
  event: string,
  rows: readonly Partial<DeliveryRow>[],
  fields: { tenant?: string; acceptedAt?: number; type?: string; shards?: number } = {},
): Promise<readonly DeliveryRow[]> {
  const { tenant = 'acme', acceptedAt = START, type = 'order.created', shards = 1 } = fields;
  const envelope = eventEnvelope({ tenant, id: event, acceptedAt, type });
  await bench.events.keep({ ...envelope, data: '1', requestId: 'r', matched: rows.length, shards });
  const whole = rows.map((row) =>
    deliveryRow({ tenant, event, createdAt: acceptedAt, eventType: type, shards, ...row }),
  );
  await bench.deliveries.append(whole);
  for (const { status, subscription, delivery, attempt } of whole) {
    if (status !== 'failed') continue;
    await bench.deadLetters.record(
      deadLetter({ event: envelope, targets: [subscription], attempt }),
      delivery,
    );
  }
  return whole;
}

/** Follows cursors to the end. */
async function listAll(
  bench: ManageBench,
  query: string,
): Promise<{ items: readonly Listed[]; requests: number }> {
  const items: Listed[] = [];
  let cursor: unknown = null;
  let requests = 0;
  do {
    const more: string = cursor === null ? '' : `&cursor=${cursor}`;
    const { status, body, text } = await bench.call('GET', `/v1/deliveries?${query}${more}`);
    assert.equal(status, 200, text);
    const data = body.data as readonly Listed[];
    assert.ok(data.length > 0 || body.cursor === null, 'a page is only empty at the true end');
    items.push(...data);
    cursor = body.cursor;
    requests++;
  } while (cursor !== null);
  return { items, requests };
}

const eventsOf = (items: readonly Listed[]): readonly string[] => items.map(({ event }) => event);

test('a delivery shows its status and every attempt, by the hour and the number', async () => {
  const bench = new ManageBench();
  const timings = { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: 41, readMs: null };
  await deliver(bench, 'evt_1', [
    { at: START + 1_000 },
    {
      attempt: 2,
      at: START + 9_000,
      trigger: 'redrive',
      run: 'tsk_1',
      nextAttemptAt: START + 60_000,
      result: attemptResult({
        ...{ status: null, error: 'timeout', errorDetail: 'x', responseBody: null },
        timings,
      }),
    },
  ]);
  const id = deliveryId({ tenant: 'acme', id: 'evt_1', acceptedAt: START }, 'sub_1');
  const { status, body } = await bench.call('GET', `/v1/deliveries/${id}`);
  const attempt = {
    number: 1,
    at: '2026-01-02T00:00:01.000Z',
    url: 'https://h.example/hook',
    durationMs: 41,
    status: 500,
    error: null,
    errorDetail: null,
    responseBody: 'no',
    responseTruncated: false,
    trigger: 'schedule',
  };
  const second = {
    ...attempt,
    number: 2,
    at: '2026-01-02T00:00:09.000Z',
    status: null,
    error: 'timeout',
    errorDetail: 'x',
    responseBody: null,
    trigger: 'redrive',
  };
  const head = {
    id,
    event: 'evt_1',
    eventType: 'order.created',
    subscription: 'sub_1',
    tenant: 'acme',
    status: 'retrying',
    reason: null,
    createdAt: '2026-01-02T00:00:00.000Z',
    nextAttemptAt: '2026-01-02T00:01:00.000Z',
  };
  assert.equal(status, 200);
  const attempts = [attempt, { ...second, timings }];
  assert.deepEqual(body, { ...head, attemptCount: 2, attempts, attemptsCursor: null });
  const list = await bench.call('GET', '/v1/deliveries?subscription=sub_1');
  assert.deepEqual(list.body, { data: [{ ...head, attemptCount: 2, lastAttempt: second }], cursor: null });
});

test("C076: somebody else's delivery, an unknown one and nonsense answer alike", async () => {
  const bench = new ManageBench();
  const [row] = await deliver(bench, 'evt_1', [{}]);
  const unknown = await bench.call('GET', '/v1/deliveries/dlv_none', undefined, 'globex');
  assert.equal(unknown.status, 404);
  for (const id of [row?.delivery, 'evt_1', 'sub_1', `dlv_${'0'.repeat(26)}`, '%00']) {
    const { status, text } = await bench.call('GET', `/v1/deliveries/${id}`, undefined, 'globex');
    assert.deepEqual([status, text], [404, unknown.text], id);
  }
});

test('deliveries are found by event, subscription, type, time and status, each with the others', async () => {
  const bench = new ManageBench();
  const statuses = ['succeeded', 'retrying', 'failed'] as const;
  for (let i = 0; i < 9; i++) {
    const rows = [
      { subscription: 'sub_a', status: statuses[i % 3] ?? null },
      { subscription: 'sub_b', status: 'succeeded' as const },
    ];
    const type = i < 6 ? 'order.created' : 'order.paid';
    await deliver(bench, `evt_${i}`, rows, { acceptedAt: START + i * 1_000, type });
  }
  await deliver(bench, 'evt_9', [{ status: 'failed' }], { tenant: 'globex' });
  const found = async (query: string): Promise<readonly string[]> =>
    (await listAll(bench, `limit=2&${query}`)).items.map((item) => `${item.event} ${item.subscription}`);
  const a = (...numbers: readonly number[]) => numbers.map((n) => `evt_${n} sub_a`);
  assert.equal((await found('')).length, 18);
  assert.deepEqual(await found('subscription=sub_a'), a(8, 7, 6, 5, 4, 3, 2, 1, 0));
  assert.deepEqual((await found('event=evt_4')).toSorted(), ['evt_4 sub_a', 'evt_4 sub_b']);
  assert.deepEqual(await found('event=evt_4&subscription=sub_b'), ['evt_4 sub_b']);
  assert.deepEqual(await found('status=failed'), a(8, 5, 2));
  assert.deepEqual(await found('status=failed&subscription=sub_b'), []);
  assert.deepEqual(await found('status=failed&event=evt_5'), a(5));
  assert.deepEqual(await found('status=retrying'), a(7, 4, 1));
  assert.deepEqual(await found('status=failed&eventType=order.paid'), a(8));
  assert.deepEqual(await found('subscription=sub_a&eventType=order.paid'), a(8, 7, 6));
  const times = `since=${formatTime(START + 3_000)}&until=${formatTime(START + 5_000)}`;
  assert.deepEqual(await found(`subscription=sub_a&${times}`), a(4, 3));
  assert.deepEqual(await found(`status=retrying&${times}`), a(4));
  assert.deepEqual(await found(`status=failed&${times}`), []);
  assert.deepEqual(await found(`event=evt_8&${times}`), []);
  assert.deepEqual(await found('event=evt_9'), [], 'of another tenant');
  assert.deepEqual(await found('status=pending'), []);
});

test('deliveries are found by the class of the last answer, over all pages, and with the other filters', async () => {
  const bench = new ManageBench();
  const answers = [200, 301, 404, 503, null] as const;
  for (let i = 0; i < 25; i++) {
    const status = answers[i % 5] ?? null;
    const result = attemptResult({ status, error: status === null ? 'timeout' : null });
    const of = {
      subscription: `sub_${i % 2}`,
      result,
      status: status === 200 ? 'succeeded' : 'retrying',
    } as const;
    await deliver(bench, `evt_${i}`, [of], { acceptedAt: START + i });
  }
  const unsent = { status: 'skipped', result: null } as const;
  await deliver(bench, 'evt_unsent', [unsent], { acceptedAt: START + 99 });
  const [mended] = await deliver(bench, 'evt_mended', [{ status: 'failed' }], { acceptedAt: START + 100 });
  assert.ok(mended);
  const ok = attemptResult({ status: 204 });
  await bench.deliveries.append([
    { ...mended, attempt: 2, at: mended.at + 1, status: 'succeeded', result: ok },
  ]);
  const found = async (query: string) => eventsOf((await listAll(bench, `limit=2&${query}`)).items);
  assert.deepEqual(await found('code=2xx'), ['evt_mended', 'evt_20', 'evt_15', 'evt_10', 'evt_5', 'evt_0']);
  assert.deepEqual(await found('code=3xx'), ['evt_21', 'evt_16', 'evt_11', 'evt_6', 'evt_1']);
  assert.deepEqual(await found('code=5xx'), ['evt_23', 'evt_18', 'evt_13', 'evt_8', 'evt_3']);
  assert.deepEqual(await found('code=none'), ['evt_24', 'evt_19', 'evt_14', 'evt_9', 'evt_4']);
  assert.deepEqual(await found('code=4xx&subscription=sub_1'), ['evt_17', 'evt_7']);
  assert.deepEqual(await found('code=4xx&event=evt_2'), ['evt_2']);
  assert.deepEqual(await found('code=4xx&status=succeeded'), []);
  const times = `since=${formatTime(START + 10)}&until=${formatTime(START + 20)}`;
  assert.deepEqual(await found(`code=5xx&${times}`), ['evt_18', 'evt_13']);
});

test('a tenant sees its deliveries newest first, also those of an event that is larger than a page', async () => {
  const bench = new ManageBench();
  const many = Array.from({ length: 250 }, (_, i) => ({ subscription: `sub_${i}` }));
  await deliver(bench, 'evt_small', [{}], { acceptedAt: START });
  await deliver(bench, 'evt_big', many, { acceptedAt: START + 1_000, shards: 3 });
  await deliver(bench, 'evt_new', [{}], { acceptedAt: START + 2_000 });
  const { items } = await listAll(bench, 'limit=40');
  assert.equal(new Set(items.map(({ id }) => id)).size, 252);
  assert.equal(items.length, 252);
  assert.deepEqual([items[0]?.event, items.at(-1)?.event], ['evt_new', 'evt_small']);
});

test('C069: the two failed among a thousand are found with one request, by tenant and by subscription', async () => {
  const bench = new ManageBench();
  for (let i = 0; i < 1_000; i++) {
    const status = i === 1 || i === 990 ? 'failed' : 'succeeded';
    await deliver(bench, `evt_${i}`, [{ status }], { acceptedAt: START + i });
  }
  const { ofEvent } = bench.deliveries;
  bench.deliveries.ofEvent = () => assert.fail('walked through events');
  for (const query of ['status=failed&limit=20', 'status=failed&limit=20&subscription=sub_1']) {
    const { items, requests } = await listAll(bench, query);
    assert.deepEqual([eventsOf(items), requests], [['evt_990', 'evt_1'], 1], query);
  }
  bench.deliveries.ofEvent = ofEvent;
  const { items } = await listAll(bench, 'status=succeeded&limit=250');
  assert.equal(items.length, 998);
});

test('a delivery that was sent again is not among the failed any more', async () => {
  const bench = new ManageBench();
  const [row] = await deliver(bench, 'evt_1', [{ status: 'failed' }]);
  assert.ok(row);
  await bench.deliveries.append([{ ...row, attempt: 2, at: row.at + 1, status: 'succeeded' }]);
  assert.deepEqual((await listAll(bench, 'status=failed')).items, []);
});

test('C073: all rows of one millisecond are listed, in a stable order', async () => {
  const bench = new ManageBench();
  for (let i = 0; i < 100; i++) await deliver(bench, `evt_${i}`, [{}]);
  const once = eventsOf((await listAll(bench, 'subscription=sub_1&limit=7')).items);
  assert.equal(new Set(once).size, 100);
  assert.deepEqual(eventsOf((await listAll(bench, 'subscription=sub_1&limit=11')).items), once);
});

test('a list that takes long answers with what it found and goes on behind what it read', async () => {
  const bench = new ManageBench();
  for (let i = 0; i < 60; i++) {
    const status = i % 59 === 0 ? 'skipped' : 'succeeded';
    await deliver(bench, `evt_${i}`, [{ status }], { acceptedAt: START + i });
  }
  const read = bench.deliveries.ofEvent.bind(bench.deliveries);
  let reads = 0;
  bench.deliveries.ofEvent = (event, after) => {
    bench.clock.advance(300);
    reads++;
    return read(event, after);
  };
  const { items, requests } = await listAll(bench, 'status=skipped');
  assert.deepEqual(eventsOf(items), ['evt_59', 'evt_0']);
  assert.ok(requests > 1 && requests < 6, `${requests} requests`);
  assert.ok(reads <= 60 + 16, `only what was read ahead is read again: ${reads} reads`);
  bench.deliveries.ofEvent = (event, after) => {
    bench.clock.advance(10_000);
    return read(event, after);
  };
  const slow = await bench.call('GET', '/v1/deliveries?status=cancelled');
  assert.deepEqual([slow.status, slow.body.type], [503, '/problems/unavailable']);
});

test('C078: what a parameter cannot be is refused by name', async () => {
  const bench = new ManageBench();
  for (const [query, name] of [
    ['status=FAILED', 'status'],
    ['status=dead', 'status'],
    ['code=500', 'code'],
    ['code=', 'code'],
    ['subscription=a.b', 'subscription'],
    ['event=', 'event'],
    ['eventType=*', 'eventType'],
    ['since=yesterday', 'since'],
    ['limit=251', 'limit'],
    ['after=1', 'after'],
  ]) {
    const { status, body } = await bench.call('GET', `/v1/deliveries?${query}`);
    const errors = body.errors as readonly { pointer: string }[];
    assert.deepEqual([status, errors?.[0]?.pointer], [400, name], query);
  }
});
