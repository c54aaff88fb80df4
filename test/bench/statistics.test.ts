import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, percentile, rounded, shuffled, spread } from '../../bench/statistics.ts';

test('the median is the middle one, or the mean of the middle two', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([7]), 7);
  assert.throws(() => median([]));
});

test('a percentile is a value that was measured', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.equal(percentile(hundred, 0.99), 99);
  assert.equal(percentile(hundred, 0.5), 50);
  assert.equal(percentile(hundred, 1), 100);
  assert.equal(percentile([3], 0.01), 3);
  assert.throws(() => percentile([], 0.5));
});

test('the spread is that of the middle half, so that one bad round does not count', () => {
  assert.equal(spread([10, 10, 10, 10, 1_000]), 0);
  assert.equal(spread([8, 9, 10, 11, 12]), 0.2);
});

test('shuffling keeps every item once, in an order that chance decides', () => {
  const items = ['a', 'b', 'c', 'd'];
  assert.deepEqual(
    shuffled(items, () => 0),
    items,
  );
  assert.deepEqual(
    shuffled(items, () => 0.999),
    ['d', 'c', 'b', 'a'],
  );
  assert.deepEqual([...shuffled(items)].sort(), items);
});

test('figures are rounded by digits, not by places', () => {
  assert.equal(rounded(0.123456), 0.123);
  assert.equal(rounded(12_345.6), 12_300);
  assert.equal(rounded(0), 0);
});
