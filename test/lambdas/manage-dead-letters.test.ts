import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeadLetterMessage } from '../../contract/messages.ts';
import { deliveryId } from '../../core/id.ts';
import { formatTime } from '../../core/rfc3339.ts';
import { deadLetter, eventEnvelope } from '../support/delivery-messages.ts';
import { ManageBench } from '../support/manage-bench.ts';

const START = Date.UTC(2026, 0, 2);

interface Listed {
  readonly event: string;
}

async function die(
  bench: ManageBench,
  event: string,
  fields: Partial<DeadLetterMessage> & { tenant?: string; type?: string; acceptedAt?: number } = {},
): Promise<string> {
  const { tenant = 'acme', type = 'order.created', acceptedAt = START, ...rest } = fields;
  const dead = { at: bench.clock.now(), reason: 'exhausted', lastStatus: 500, lastError: null } as const;
  const letter = deadLetter({
    event: eventEnvelope({ id: event, tenant, type, acceptedAt }),
    dead,
    ...rest,
  });
  const delivery = deliveryId(letter.event, letter.targets[0] ?? '');
  await bench.deadLetters.record(letter, delivery);
  return delivery;
}

async function list(bench: ManageBench, query = '', token = 'acme'): Promise<readonly string[]> {
  const events: string[] = [];
  let cursor: unknown = null;
  do {
    const more: string = cursor === null ? '' : `&cursor=${cursor}`;
    const { status, body, text } = await bench.call(
      'GET',
      `/v1/dead-letters?limit=2${query}${more}`,
      undefined,
      token,
    );
    assert.equal(status, 200, text);
    const data = body.data as readonly Listed[];
    assert.ok(data.length > 0 || body.cursor === null, 'a page is only empty at the true end');
    events.push(...data.map(({ event }) => event));
    cursor = body.cursor;
  } while (cursor !== null);
  return events;
}

test('a dead letter is listed with what its last attempt met', async () => {
  const bench = new ManageBench();
  const dead = { at: bench.clock.now(), reason: 'final', lastStatus: null, lastError: 'blocked' } as const;
  const delivery = await die(bench, 'evt_1', { dead, attempt: 3 });
  const { status, body } = await bench.call('GET', '/v1/dead-letters');
  assert.equal(status, 200);
  assert.deepEqual(body, {
    data: [
      {
        delivery,
        event: 'evt_1',
        eventType: 'order.created',
        subscription: 'sub_1',
        tenant: 'acme',
        reason: 'final',
        attemptCount: 3,
        lastStatus: null,
        lastError: 'blocked',
        createdAt: formatTime(START),
        deadAt: formatTime(bench.clock.now()),
      },
    ],
    cursor: null,
  });
});

test('dead letters are listed newest first, by subscription, type and time, of the own tenant only', async () => {
  const bench = new ManageBench();
  for (let i = 0; i < 9; i++) {
    await die(bench, `evt_${i}`, {
      acceptedAt: START + i * 1_000,
      targets: [i % 3 === 0 ? 'sub_1' : 'sub_2'],
      type: i < 6 ? 'order.created' : 'order.paid',
    });
  }
  await die(bench, 'evt_g', { tenant: 'globex' });
  const e = (...numbers: readonly number[]) => numbers.map((n) => `evt_${n}`);
  assert.deepEqual(await list(bench), e(8, 7, 6, 5, 4, 3, 2, 1, 0));
  assert.deepEqual(await list(bench, '&subscription=sub_1'), e(6, 3, 0));
  assert.deepEqual(await list(bench, '&eventType=order.paid&subscription=sub_2'), e(8, 7));
  const since = formatTime(START + 2_000);
  const until = formatTime(START + 4_000);
  assert.deepEqual(await list(bench, `&since=${since}&until=${until}`), e(3, 2));
  assert.deepEqual(await list(bench, '', 'globex'), ['evt_g']);
  assert.deepEqual(await list(bench, '&subscription=sub_none'), []);
});

test('a letter that left the queue after fourteen days is not offered for a redrive', async () => {
  const bench = new ManageBench();
  await die(bench, 'evt_1');
  bench.clock.advance(14 * 86_400_000 - 1);
  assert.deepEqual(await list(bench), ['evt_1']);
  bench.clock.advance(1);
  assert.deepEqual(await list(bench), []);
  const { body } = await bench.call('GET', '/v1/dead-letters/summary');
  assert.deepEqual(body, { data: [] });
});

test('the summary counts by subscription and what the last attempt met, most first', async () => {
  const bench = new ManageBench();
  const met = (lastStatus: number | null, lastError: string | null) => ({
    dead: { at: bench.clock.now(), reason: 'exhausted' as const, lastStatus, lastError },
  });
  await die(bench, 'evt_1', met(404, null));
  for (const id of ['evt_2', 'evt_3', 'evt_4']) await die(bench, id, met(null, 'timeout'));
  for (const id of ['evt_5', 'evt_6']) await die(bench, id, { ...met(404, null), targets: ['sub_2'] });
  await die(bench, 'evt_7', { tenant: 'globex' });
  const counts = async (query = ''): Promise<unknown> =>
    (await bench.call('GET', `/v1/dead-letters/summary${query}`)).body.data;
  const row = (subscription: string, lastStatus: number | null, lastError: string | null, count: number) => ({
    tenant: 'acme',
    subscription,
    lastStatus,
    lastError,
    count,
  });
  assert.deepEqual(await counts(), [
    row('sub_1', null, 'timeout', 3),
    row('sub_2', 404, null, 2),
    row('sub_1', 404, null, 1),
  ]);
  assert.deepEqual(await counts('?subscription=sub_2'), [row('sub_2', 404, null, 2)]);
  assert.deepEqual(await counts('?eventType=order.paid'), []);
});

test('C078: what a parameter cannot be is refused by name, by the list and by the summary', async () => {
  const bench = new ManageBench();
  for (const [query, name] of [
    ['subscription=a.b', 'subscription'],
    ['eventType=order.*', 'eventType'],
    ['since=2026-02-30T00:00:00Z', 'since'],
    ['until=1700000000', 'until'],
    ['status=500', 'status'],
  ]) {
    for (const path of ['/v1/dead-letters', '/v1/dead-letters/summary']) {
      const { status, body } = await bench.call('GET', `${path}?${query}`);
      const errors = body.errors as readonly { pointer: string }[];
      assert.deepEqual([status, errors?.[0]?.pointer], [400, name], `${path}?${query}`);
    }
  }
  assert.equal((await bench.call('GET', '/v1/dead-letters/summary?limit=5')).status, 400);
});
