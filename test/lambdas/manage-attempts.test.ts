import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DELIVERY_LOG_MODES, type DeliveryLogMode } from '../../contract/delivery-log.ts';
import { DISPATCH, LIST } from '../../contract/limits.ts';
import type { DeliveryRow } from '../../core/delivery.ts';
import { eventEnvelope } from '../support/delivery-messages.ts';
import { attemptResult, deliveryRow } from '../support/delivery-rows.ts';
import { fakeLogOf } from '../support/fake-log-modes.ts';
import { ManageBench } from '../support/manage-bench.ts';

const START = Date.UTC(2026, 0, 2);
/** What JSON makes six times as large. */
const CONTROL = '\u0001'.repeat(DISPATCH.maxResponseBodyBytes);

interface Attempt {
  readonly number: number;
  readonly responseBody: string | null;
}
interface Answer {
  readonly attemptCount: number;
  readonly attempts: readonly Attempt[];
  readonly attemptsCursor: string | null;
}

/** An event on record with these attempts of one delivery, each with this answer. */
async function bench(count: number, responseBody: string, mode: DeliveryLogMode = 'full') {
  const deliveries = fakeLogOf(mode);
  const b = new ManageBench({ deliveries });
  const keep = (tenant: string, id: string) =>
    b.events.keep({
      ...eventEnvelope({ tenant, id, acceptedAt: START }),
      ...{ data: '1', requestId: 'r', matched: 1, shards: 1 },
    });
  await keep('acme', 'evt_1');
  await keep('acme', 'evt_2');
  await keep('globex', 'evt_1');
  const rows = Array.from(
    { length: count },
    (_, at): DeliveryRow =>
      deliveryRow({
        ...(at === 0 ? {} : { run: `run_${at}`, trigger: 'manual', status: null }),
        attempt: at + 1,
        result: attemptResult({
          responseBody: responseBody.replace(/^./, String.fromCharCode(97 + (at % 26))),
        }),
      }),
  );
  await deliveries.append(rows);
  const other = deliveryRow({ event: 'evt_2' });
  const foreign = deliveryRow({ tenant: 'globex' });
  await deliveries.append([other, foreign]);
  return {
    b,
    deliveries,
    rows,
    id: rows[0]?.delivery ?? '',
    other: other.delivery,
    foreign: foreign.delivery,
  };
}

/** Every answer on the way from the newest attempts to the oldest. */
async function walk(b: ManageBench, id: string, limit?: number): Promise<readonly Answer[]> {
  const found: Answer[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({
      ...(limit === undefined ? {} : { attemptsLimit: String(limit) }),
      ...(cursor === null ? {} : { attemptsCursor: cursor }),
    });
    const { status, body, text } = await b.call('GET', `/v1/deliveries/${id}?${query}`);
    assert.equal(status, 200, text.slice(0, 300));
    const answer = body as unknown as Answer;
    found.push(answer);
    cursor = answer.attemptsCursor;
  } while (cursor !== null);
  return found;
}

for (const mode of DELIVERY_LOG_MODES) {
  test(`C098: ${mode}: sixty-two attempts answered with control characters are all shown, on pages of 4 MiB`, async () => {
    const { b, id, rows } = await bench(62, CONTROL, mode);
    const pages = await walk(b, id);
    assert.ok(pages.length > 1);
    assert.ok(pages.every(({ attemptCount }) => attemptCount === 62));
    const shown = pages.toReversed().flatMap(({ attempts }) => attempts);
    assert.deepEqual(
      shown.map(({ number }) => number),
      rows.map(({ attempt }) => attempt),
    );
    assert.ok(shown.every(({ responseBody }, at) => responseBody === rows[at]?.result?.responseBody));
  });
}

test('a delivery with few attempts shows all of them, and no cursor', async () => {
  const { b, id } = await bench(10, 'no');
  const { body } = await b.call('GET', `/v1/deliveries/${id}`);
  assert.equal((body.attempts as unknown[]).length, 10);
  assert.equal(body.attemptCount, 10);
  assert.equal(body.attemptsCursor, null);
});

test('C098: any attempts by any limit are shown once, in order, newest page first', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 30 }),
      async (count, limit) => {
        const { b, id } = await bench(count, 'no');
        const pages = await walk(b, id, limit);
        assert.ok(pages.slice(0, -1).every(({ attempts }) => attempts.length === limit));
        assert.deepEqual(
          pages.toReversed().flatMap(({ attempts }) => attempts.map(({ number }) => number)),
          Array.from({ length: count }, (_, at) => at + 1),
        );
      },
    ),
    { numRuns: 40 },
  );
});

test('C098: attempts made while somebody pages move nothing, and one that expired meanwhile is not missed', async () => {
  const { b, id, deliveries } = await bench(9, 'no');
  const first = (await b.call('GET', `/v1/deliveries/${id}?attemptsLimit=4`)).body as unknown as Answer;
  assert.deepEqual(
    first.attempts.map(({ number }) => number),
    [6, 7, 8, 9],
  );
  await deliveries.append([deliveryRow({ attempt: 10, run: 'run_x', trigger: 'manual', status: null })]);
  deliveries.forget((row) => row.attempt === 6 || row.attempt === 3);
  const next = await b.call('GET', `/v1/deliveries/${id}?attemptsCursor=${first.attemptsCursor}`);
  assert.deepEqual(
    (next.body as unknown as Answer).attempts.map(({ number }) => number),
    [1, 2, 4, 5],
  );
});

test('C098: of two runs at one attempt each is shown, whichever page it is on', async () => {
  const { b, id, deliveries } = await bench(3, 'no');
  const twins = ['run_a', 'run_b', 'run_c'].map((run) =>
    deliveryRow({
      attempt: 4,
      run,
      trigger: 'manual',
      status: null,
      result: attemptResult({ responseBody: run }),
    }),
  );
  await deliveries.append(twins);
  const pages = await walk(b, id, 2);
  assert.deepEqual(
    pages
      .toReversed()
      .flatMap(({ attempts }) => attempts.map(({ number, responseBody }) => `${number} ${responseBody}`)),
    ['1 ao', '2 bo', '3 co', '4 run_a', '4 run_b', '4 run_c'],
  );
});

test('C098: a cursor of attempts is good for its own delivery alone, and nothing else is taken for one', async () => {
  const { b, id, other, foreign } = await bench(5, 'no');
  const { body } = await b.call('GET', `/v1/deliveries/${id}?attemptsLimit=2`);
  const cursor = String(body.attemptsCursor);
  const list = (await b.call('GET', '/v1/deliveries?limit=1')).body.cursor;
  assert.equal(typeof list, 'string');
  const [payload = '', signature = ''] = cursor.split('.');
  const forged = Buffer.from(JSON.stringify(['1', '0'])).toString('base64url');
  for (const [path, token, given] of [
    [other, 'acme', cursor],
    [foreign, 'globex', cursor],
    [id, 'acme', list],
    [id, 'acme', `${forged}.${signature}`],
    [id, 'acme', `${payload}.${signature.slice(1)}x`],
    [id, 'acme', ''],
    [id, 'acme', 'x'.repeat(5_000)],
  ] as const) {
    const answer = await b.call('GET', `/v1/deliveries/${path}?attemptsCursor=${given}`, undefined, token);
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.body.type, '/problems/invalid-cursor');
    assert.deepEqual(answer.body.errors, [
      { pointer: 'attemptsCursor', detail: 'is not a cursor of this list' },
    ]);
  }
  const asList = await b.call('GET', `/v1/deliveries?cursor=${cursor}`);
  assert.equal(asList.status, 400);
});

test('C098: attemptsLimit is a whole number from 1 to 250', async () => {
  const { b, id } = await bench(2, 'no');
  for (const limit of ['0', '251', 'x', '']) {
    const { status, body } = await b.call('GET', `/v1/deliveries/${id}?attemptsLimit=${limit}`);
    assert.equal(status, 400);
    assert.equal((body.errors as { pointer: string }[])[0]?.pointer, 'attemptsLimit');
  }
  assert.equal((await b.call('GET', `/v1/deliveries/${id}?attemptsLimit=${LIST.maxLimit}`)).status, 200);
});

test('C098: bodies are read only as far as they are shown', async () => {
  const { b, id, deliveries } = await bench(400, CONTROL);
  const before = deliveries.wholeRowsRead;
  const { body } = await b.call('GET', `/v1/deliveries/${id}`);
  const shown = (body.attempts as unknown[]).length;
  assert.ok(shown > 30 && shown < 60, String(shown));
  assert.ok(deliveries.wholeRowsRead - before < shown + 10);
});
