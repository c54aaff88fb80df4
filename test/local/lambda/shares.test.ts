import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MappingSpec } from '../../../local/lambda/event-source-mapping.ts';
import { shareOf } from '../../../local/lambda/shares.ts';

const spec = (queueArn: string, maxConcurrency: number, functionArn = 'dispatch'): MappingSpec => ({
  queueArn,
  functionArn,
  batchSize: 10,
  windowMs: 0,
  maxConcurrency,
  reportsFailures: true,
});

const DELIVERIES = spec('deliveries', 200);
const SLOW = spec('slow-deliveries', 100);
const EVENTS = spec('events', 50, 'fan-out');
const ALL = [DELIVERIES, SLOW, EVENTS];

test('a mapping alone may use every environment of its function, and no more than the template allows', () => {
  assert.deepEqual(shareOf(EVENTS, ALL, 9), { concurrency: 9, lane: { leaves: 0, held: 0 } });
  assert.equal(shareOf(EVENTS, ALL, 90).concurrency, 50);
  const unlimited = spec('events', Number.POSITIVE_INFINITY, 'fan-out');
  assert.equal(shareOf(unlimited, [unlimited], 9).concurrency, 9);
});

test('of two mappings of one function the smaller keeps to its part and leaves one environment, the larger leaves room for it', () => {
  assert.deepEqual(shareOf(SLOW, ALL, 9), { concurrency: 3, lane: { leaves: 1, held: 0 } });
  assert.deepEqual(shareOf(DELIVERIES, ALL, 9), { concurrency: 8, lane: { leaves: 0, held: 0 } });
});

test('each mapping has at least one batch under way, however few environments there are', () => {
  for (const most of [1, 2, 3]) {
    assert.ok(shareOf(SLOW, ALL, most).concurrency >= 1);
    assert.ok(shareOf(DELIVERIES, ALL, most).concurrency >= 1);
  }
});
