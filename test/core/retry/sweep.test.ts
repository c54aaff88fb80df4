import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DUE_SHARDS } from '../../../contract/tables.ts';
import { foldDelivery } from '../../../core/delivery-fold.ts';
import { decodeDeliveryMessage } from '../../../core/message.ts';
import { seededRandom } from '../../support/clock.ts';
import { deliveryMessage, eventEnvelope } from '../../support/delivery-messages.ts';
import { deliveryRow, successRow } from '../../support/delivery-rows.ts';
import { FakeParkingLot } from '../../support/parking-lot.ts';
import { dataOf, retryBench } from '../../support/retry-bench.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test('a due delivery goes out with the header that was parked and the data on record, token for token', async () => {
  const bench = retryBench();
  await bench.park('evt_1', bench.clock.now(), { attempt: 4, step: 3, run: 'tsk_1', trigger: 'redrive' });
  await bench.sweep();
  const [message, ...others] = bench.queue.sent;
  const { header, data } = decodeDeliveryMessage(message?.body ?? '');
  const event = eventEnvelope({ acceptedAt: bench.clock.now() });
  assert.deepEqual(header, deliveryMessage({ event, attempt: 4, step: 3, run: 'tsk_1', trigger: 'redrive' }));
  assert.equal(data, dataOf('evt_1'));
  assert.deepEqual([message?.group, others, bench.lot.size], ['acme', [], 0]);
});

test('C042: steps of one hour and ten hours are kept to the second, never early, over 26 hours of sweeps', async () => {
  const bench = retryBench();
  const random = seededRandom(7);
  const due = new Map<string, number>();
  const available = new Map<string, number[]>();
  for (let minute = 0; minute < 26 * 60; minute++) {
    // Ticks come some seconds late, now and then one does not come at all.
    bench.clock.advance(MINUTE);
    for (let i = 0; i < 3 && minute < 13 * 60; i++) {
      const event = `evt_${due.size}`;
      const step = random.number() < 0.5 ? HOUR : 10 * HOUR;
      due.set(event, bench.clock.now() + Math.floor(step * (1 + random.number() / 4)));
      await bench.park(event, due.get(event) ?? 0);
    }
    if (random.number() < 0.05) continue;
    const before = bench.queue.sent.length;
    await bench.sweep();
    for (const { body, delaySeconds = 0 } of bench.queue.sent.slice(before)) {
      const event = decodeDeliveryMessage(body).header.event.id;
      available.set(event, [...(available.get(event) ?? []), bench.clock.now() + delaySeconds * 1000]);
    }
  }
  let punctual = 0;
  for (const [event, dueAt] of due) {
    const [at = 0, ...again] = available.get(event) ?? [];
    assert.deepEqual(again, [], `${event} is sent once`);
    assert.ok(at >= dueAt, `${event} is early by ${dueAt - at} ms`);
    assert.ok(at < dueAt + 5 * MINUTE, `${event} is late by ${at - dueAt} ms`);
    if (at < dueAt + 1_000) punctual++;
  }
  assert.ok(punctual > due.size * 0.9, `${punctual} of ${due.size} within a second`);
  assert.equal(bench.lot.size, 0);
});

test('a worker that dies between send and remove sends again and loses nothing', async () => {
  const lot = new FakeParkingLot();
  const bench = retryBench({ due: lot });
  for (const event of ['evt_1', 'evt_2', 'evt_3']) {
    const envelope = eventEnvelope({ id: event, acceptedAt: bench.clock.now() });
    await bench.events.own({ ...envelope, data: '1', requestId: 'r', matched: 1, shards: 1 });
    await lot.park({ message: deliveryMessage({ event: envelope }), dueAt: bench.clock.now() }, 0);
  }
  const remove = lot.remove;
  lot.remove = async () => {
    throw new Error('died');
  };
  await assert.rejects(bench.sweep(), AggregateError);
  assert.equal(lot.size, 3);
  lot.remove = remove;
  bench.clock.advance(MINUTE);
  await bench.sweep();
  assert.equal(lot.size, 0);
  assert.deepEqual([...new Set(bench.sent())].sort(), ['evt_1', 'evt_2', 'evt_3']);
});

test('what the queue does not take stays parked and goes out later; the rest goes out now', async () => {
  const bench = retryBench();
  for (let i = 0; i < 40; i++) await bench.park(`evt_${i}`, bench.clock.now());
  bench.queue.refuses = ({ body }) => body.includes('"evt_7"');
  await assert.rejects(bench.sweep(), AggregateError);
  assert.deepEqual([bench.lot.size > 0, bench.sent().includes('evt_7')], [true, false]);
  assert.equal(bench.log.of('retry.swept')[0]?.fields.shardsFailed, 1);
  bench.queue.refuses = () => false;
  bench.clock.advance(MINUTE);
  await bench.sweep();
  assert.equal(bench.lot.size, 0);
  assert.deepEqual(
    bench.sent().toSorted(),
    Array.from({ length: 40 }, (_, i) => `evt_${i}`).toSorted(),
    'each is sent exactly once',
  );
});

test('two sweeps at once leave nothing parked and nothing unsent', async () => {
  const bench = retryBench();
  for (let i = 0; i < 60; i++) await bench.park(`evt_${i}`, bench.clock.now() + i * 100);
  await Promise.all([bench.sweep(), bench.sweep()]);
  assert.equal(bench.lot.size, 0);
  assert.equal(new Set(bench.sent()).size, 60);
});

test('the first sweep after three days without one reaches back to the oldest parked minute', async () => {
  const bench = retryBench();
  for (let i = 0; i < 30; i++) await bench.park(`evt_${i}`, bench.clock.now() + i * 17 * MINUTE);
  bench.clock.advance(72 * HOUR);
  await bench.sweep();
  assert.deepEqual([bench.lot.size, bench.sent().length], [0, 30]);
  const swept = bench.log.of('retry.swept')[0]?.fields;
  assert.deepEqual([swept?.sent, swept?.overdueMs], [30, 72 * HOUR]);
  assert.equal(bench.meter.sum('ParkedOverdue'), 72 * 3600);
});

test('a deployment that never parked anything looks at no minute', async () => {
  const bench = retryBench();
  bench.lot.due = () => assert.fail('looked');
  await bench.sweep();
  assert.equal(bench.log.of('retry.swept')[0]?.fields.minutes, 0);
});

test('a sweep without time left stops, keeps its place and leaves the rest to the next', async () => {
  const bench = retryBench();
  for (let i = 0; i < 100; i++) await bench.park(`evt_${i}`, bench.clock.now() + i * MINUTE);
  bench.clock.advance(3 * HOUR);
  await bench.sweep(1_900);
  assert.deepEqual(bench.sent(), []);
  assert.equal(bench.log.of('retry.swept')[0]?.fields.shardsCutShort, DUE_SHARDS);
  await bench.sweep();
  assert.equal(bench.sent().length, 100);
});

test('the place a sweep came to is kept minute by minute', async () => {
  const bench = retryBench();
  await bench.park('evt_1', bench.clock.now());
  await bench.park('evt_1', bench.clock.now() + 5 * MINUTE, { attempt: 3 });
  const first = Math.floor(bench.clock.now() / MINUTE);
  bench.clock.advance(10 * MINUTE);
  bench.queue.refuses = ({ body }) => body.includes('"attempt":3');
  await assert.rejects(bench.sweep());
  const cursors = await Promise.all(
    Array.from({ length: DUE_SHARDS }, (_, shard) => bench.lot.cursor(shard)),
  );
  assert.deepEqual(
    cursors.filter((cursor) => cursor !== null),
    [first + 5],
  );
});

test('a row written up to two minutes late is still found', async () => {
  const bench = retryBench();
  await bench.park('evt_1', bench.clock.now());
  await bench.sweep();
  // Behind the cursor, as if the write had hung: the real table may not lower the cursor for it.
  const cursors = new Map<number, number | null>();
  for (let shard = 0; shard < DUE_SHARDS; shard++) cursors.set(shard, await bench.lot.cursor(shard));
  await bench.park('evt_1', bench.clock.now() - MINUTE, { attempt: 3 });
  for (const [shard, minute] of cursors) {
    const now = await bench.lot.cursor(shard);
    if (minute !== null && now !== null) await bench.lot.advance(shard, now, minute);
  }
  bench.clock.advance(MINUTE);
  await bench.sweep();
  assert.deepEqual([bench.sent(), bench.lot.size], [['evt_1', 'evt_1'], 0]);
});

test('a clock that was fast for one sweep hides no delivery parked after it', async () => {
  const bench = retryBench();
  await bench.park('evt_1', bench.clock.now());
  bench.clock.advance(6 * HOUR);
  await bench.sweep();
  bench.clock.advance(-6 * HOUR);
  await bench.park('evt_2', bench.clock.now() + 20 * MINUTE);
  const dueAt = bench.clock.now() + 20 * MINUTE;
  for (let minute = 0; minute < 22; minute++) {
    bench.clock.advance(MINUTE);
    await bench.sweep();
  }
  assert.deepEqual([bench.sent(), bench.lot.size], [['evt_1', 'evt_2'], 0]);
  assert.ok(bench.clock.now() > dueAt);
});

test('C100: what a worker parks behind a sweep, whose clock is ahead of his, is found by the next one', async () => {
  const bench = retryBench();
  await bench.park('evt_1', bench.clock.now());
  bench.clock.advance(20 * MINUTE);
  const due = bench.lot.due.bind(bench.lot);
  let parked = false;
  // While a sweep is under way: it must not move the cursor over what it has not seen.
  bench.lot.due = async function* (minute, shard) {
    if (!parked && minute * MINUTE >= bench.clock.now()) {
      parked = true;
      await bench.park('evt_1', bench.clock.now() - 14 * MINUTE, { attempt: 3 });
    }
    yield* due(minute, shard);
  };
  await bench.sweep();
  bench.clock.advance(MINUTE);
  await bench.sweep();
  assert.deepEqual([bench.sent(), bench.lot.size], [['evt_1', 'evt_1'], 0]);
});

test('a delivery whose event is no longer on record ends as a visible failed delivery, and nothing is sent', async () => {
  const bench = retryBench();
  const event = eventEnvelope({ id: 'evt_old', acceptedAt: bench.clock.now() - 31 * 24 * HOUR });
  await bench.lot.park({ message: deliveryMessage({ event, attempt: 5 }), dueAt: bench.clock.now() }, 0);
  await bench.park('evt_1', bench.clock.now());
  await bench.sweep();
  assert.deepEqual([bench.sent(), bench.lot.size], [['evt_1'], 0]);
  const [row, ...rows] = bench.deliveryLog.rows;
  assert.deepEqual(
    [row?.event, row?.attempt, row?.status, row?.reason, row?.result, rows.length],
    ['evt_old', 5, 'failed', 'event expired', null, 0],
  );
  const [letter] = bench.letters();
  assert.deepEqual([letter?.event.id, letter?.dead.reason, letter?.attempt], ['evt_old', 'final', 5]);
  const [entries] = await Array.fromAsync(bench.deadLetters.entries('acme', null));
  assert.deepEqual(
    entries?.map((entry) => entry.event),
    ['evt_old'],
  );
});

test('an attempt asked for by hand whose event is gone is dropped, and the delivery stays what it is', async () => {
  const bench = retryBench();
  const event = eventEnvelope({ id: 'evt_old', acceptedAt: 0 });
  const message = deliveryMessage({ event, attempt: 5, run: 'run_1', trigger: 'manual' });
  await bench.lot.park({ message, dueAt: bench.clock.now() }, 0);
  await bench.sweep();
  assert.deepEqual([bench.lot.size, bench.deliveryLog.rows, bench.letters(), bench.sent()], [0, [], [], []]);
});

test('C096: a copy that falls due without its event undoes no success of another worker', async () => {
  const bench = retryBench();
  const acceptedAt = bench.clock.now() - 31 * 24 * HOUR;
  const event = eventEnvelope({ id: 'evt_old', acceptedAt });
  await bench.lot.park({ message: deliveryMessage({ event }), dueAt: bench.clock.now() }, 0);
  const fields = { event: 'evt_old', createdAt: acceptedAt };
  await bench.deliveryLog.append([deliveryRow(fields), successRow(fields)]);
  await bench.sweep();
  assert.deepEqual([bench.lot.size, bench.letters(), bench.sent()], [0, [], []]);
  assert.deepEqual(await Array.fromAsync(bench.deadLetters.entries('acme', null)), []);
  assert.equal(foldDelivery(bench.deliveryLog.rows).status, 'succeeded');
});

test('a letter that cannot be sent leaves the delivery parked', async () => {
  const bench = retryBench();
  const event = eventEnvelope({ id: 'evt_old', acceptedAt: 0 });
  await bench.lot.park({ message: deliveryMessage({ event }), dueAt: bench.clock.now() }, 0);
  bench.deadLetterQueue.refuses = () => true;
  await assert.rejects(bench.sweep());
  assert.equal(bench.lot.size, 1);
  bench.deadLetterQueue.refuses = () => false;
  await bench.sweep();
  assert.deepEqual([bench.lot.size, bench.letters().length], [0, 1]);
});
