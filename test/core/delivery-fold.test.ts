import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldDelivery } from '../../core/delivery-fold.ts';
import { attemptResult, deliveryRow } from '../support/delivery-rows.ts';

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
