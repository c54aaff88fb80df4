import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveryRow } from '../../../core/delivery.ts';
import { resume } from '../../../core/dispatch/resume.ts';
import { targetsOf } from '../../../core/dispatch/target.ts';
import { deliveryMessage } from '../../support/delivery-messages.ts';

const NOW = Date.UTC(2026, 0, 3);

function targetOf(fields: Parameters<typeof deliveryMessage>[0]) {
  const [target] = targetsOf(deliveryMessage(fields), '{}');
  assert.ok(target);
  return target;
}

function rowOf(attempt: number, run: string, status: DeliveryRow['status'], at: number): DeliveryRow {
  const { event, delivery, subscription } = targetOf({});
  return {
    tenant: event.tenant,
    event: event.id,
    eventType: event.type,
    subscription,
    delivery,
    shards: 1,
    createdAt: event.acceptedAt,
    attempt,
    run,
    trigger: 'schedule',
    at,
    request: null,
    result: null,
    status,
    reason: null,
    nextAttemptAt: null,
  };
}

const next = targetOf({ attempt: 4, step: 2, run: 'task', trigger: 'redrive' });

test('a cancelled delivery is not attempted', () => {
  const rows = [rowOf(2, '0', 'failed', 1), rowOf(2, 'task', 'cancelled', 2)];
  assert.deepEqual(resume(next, rows, NOW)?.decision, { kind: 'done' });
});

test('a cancellation that an attempt of the same run has overtaken does not end the delivery in silence', () => {
  const rows = [
    rowOf(2, '0', 'failed', 1),
    rowOf(2, 'task', 'cancelled', 2),
    rowOf(3, 'task', 'retrying', 3),
  ];
  assert.equal(resume(next, rows, NOW), null);
});

test('a success ends a delivery whatever came after it', () => {
  const rows = [rowOf(2, '0', 'succeeded', 1), rowOf(3, 'task', 'retrying', 2)];
  assert.deepEqual(resume(next, rows, NOW)?.decision, { kind: 'done' });
});

test('C101: an attempt whose row is late is not made again once its run went on from there', () => {
  const copy = targetOf({ attempt: 3, step: 2, run: '0' });
  const rows = [rowOf(1, '0', 'retrying', 1), rowOf(4, '0', 'retrying', 2)];
  assert.deepEqual(resume(copy, rows, NOW)?.decision, { kind: 'done' });
  // Another run at a later attempt says nothing of this one.
  assert.equal(resume(copy, [rowOf(1, '0', 'retrying', 1), rowOf(4, 'run_1', null, 2)], NOW), null);
});
