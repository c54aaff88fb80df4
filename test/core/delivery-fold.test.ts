import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveryRow } from '../../core/delivery.ts';
import { foldDelivery } from '../../core/delivery-fold.ts';
import { attemptResult, deliveryRow, successRow } from '../support/delivery-rows.ts';

test('C084: attempts are told in order, each with its own number, and the last one gives the status', () => {
  const rows = [1, 2, 3].map((attempt) => deliveryRow({ attempt, nextAttemptAt: 7 }));
  const delivered = deliveryRow({ attempt: 4, status: 'succeeded', result: attemptResult({ status: 200 }) });
  const delivery = foldDelivery([delivered, ...rows.toReversed()]);
  assert.deepEqual(
    delivery.attempts.map((row) => row.attempt),
    [1, 2, 3, 4],
  );
  assert.equal(delivery.status, 'succeeded');
  assert.equal(delivery.nextAttemptAt, null);
});

test('a waiting delivery tells when it is tried next', () => {
  assert.equal(foldDelivery([deliveryRow({ nextAttemptAt: 99 })]).nextAttemptAt, 99);
});

test('a failed manual attempt is shown and changes nothing else', () => {
  const manual = deliveryRow({ attempt: 2, run: 'run_1', trigger: 'manual', status: null });
  const delivery = foldDelivery([deliveryRow({ nextAttemptAt: 99 }), manual]);
  assert.equal(delivery.attempts.length, 2);
  assert.equal(delivery.status, 'retrying');
  assert.equal(delivery.nextAttemptAt, 99);
});

test('what was skipped or cancelled is no attempt', () => {
  const skipped = foldDelivery([deliveryRow({ result: null, status: 'skipped', reason: 'paused' })]);
  assert.deepEqual([skipped.status, skipped.reason, skipped.attempts.length], ['skipped', 'paused', 0]);
});

/** A delivery that dies, is redriven and replayed, as its rows tell it, in their true order. */
const LIFE: readonly DeliveryRow[] = [
  deliveryRow({ attempt: 1 }),
  deliveryRow({ attempt: 2, status: 'failed', reason: 'exhausted' }),
  deliveryRow({ attempt: 2, run: 'tsk_1', trigger: 'redrive', result: null, reason: 'redrive' }),
  deliveryRow({ attempt: 3, run: 'tsk_1', trigger: 'redrive', status: 'skipped', result: null }),
  deliveryRow({ attempt: 3, run: 'tsk_2', trigger: 'replay', status: null, result: null, reason: 'replay' }),
  successRow({ attempt: 4, run: 'tsk_2', trigger: 'replay' }),
  deliveryRow({ attempt: 4, run: 'tsk_3', trigger: 'replay', status: null, result: null, reason: 'replay' }),
  deliveryRow({ attempt: 5, run: 'tsk_3', trigger: 'replay', status: 'failed', reason: 'exhausted' }),
  deliveryRow({ attempt: 5, run: 'tsk_4', trigger: 'redrive', status: 'cancelled', result: null }),
];

test("C100: whatever workers' clocks said, and however rows are read, the last attempt of the last run decides", () => {
  const statuses = [
    'retrying',
    'failed',
    'retrying',
    'skipped',
    'skipped',
    'succeeded',
    'succeeded',
    'failed',
    'cancelled',
  ];
  for (const [i, status] of statuses.entries()) {
    const lived = LIFE.slice(0, i + 1);
    for (const skewMs of [0, -600_000, 600_000]) {
      const rows = lived.map((row, at) => ({ ...row, at: at === i ? row.at + skewMs : row.at }));
      assert.equal(foldDelivery(rows).status, status);
      assert.equal(foldDelivery(rows.toReversed()).status, status);
      const attempts = foldDelivery(rows.toReversed()).attempts.map(({ attempt }) => attempt);
      assert.deepEqual(
        attempts,
        attempts.toSorted((a, b) => a - b),
      );
    }
  }
});

test('C096: of two workers at one attempt a success stands, then whoever goes on, then a failure', () => {
  const said = (['succeeded', 'retrying', 'failed', 'cancelled', 'skipped'] as const).map((status, i) =>
    deliveryRow({ status, at: i, nextAttemptAt: status === 'retrying' ? 7 : null }),
  );
  for (const [i, row] of said.entries()) {
    const delivery = foldDelivery(said.slice(i).toReversed());
    assert.deepEqual([delivery.status, delivery.attempts.length], [row.status, 1]);
  }
});

test('C096: a success stands, whatever becomes of redrives that did not know of it, until a replay sends it again', () => {
  const rows = [
    deliveryRow({ attempt: 1, status: 'failed', reason: 'exhausted' }),
    // A second copy of the message, whose row came late.
    successRow({ attempt: 1 }),
    deliveryRow({ attempt: 1, run: 'tsk_1', trigger: 'redrive', result: null, reason: 'redrive' }),
    deliveryRow({ attempt: 2, run: 'tsk_1', trigger: 'redrive', status: 'failed', reason: 'exhausted' }),
  ];
  assert.equal(foldDelivery(rows).status, 'succeeded');
  const replayed = deliveryRow({ attempt: 3, run: 'tsk_2', trigger: 'replay', status: 'failed' });
  assert.equal(foldDelivery([...rows, replayed]).status, 'failed');
  const again = deliveryRow({ attempt: 4, run: 'tsk_3', trigger: 'redrive', nextAttemptAt: 7 });
  assert.equal(foldDelivery([...rows, replayed, again]).status, 'retrying');
});

test('C123: what was skipped counts as a turn and not as a request', () => {
  const rows = [
    deliveryRow({ attempt: 1, status: 'failed' }),
    deliveryRow({ attempt: 2, run: 'tsk_1', status: 'skipped', result: null }),
    deliveryRow({ attempt: 3, run: 'tsk_2', request: 2 }),
  ];
  const { lastAttempt, lastRequest } = foldDelivery(rows);
  assert.deepEqual([lastAttempt, lastRequest], [3, 2]);
});
