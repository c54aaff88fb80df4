import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recent } from '../../../core/auth/recent.ts';

test('an answer is remembered until its time and not a millisecond longer', () => {
  const recent = new Recent<string | null>(10);
  recent.set('a', null, 100);
  assert.deepEqual(recent.get('a', 99)?.value, null);
  assert.notEqual(recent.get('a', 99), null);
  assert.equal(recent.get('a', 100), null);
  assert.equal(recent.get('b', 0), null);
});

test('the oldest answer makes room', () => {
  const recent = new Recent<number>(2);
  recent.set('a', 1, 100);
  recent.set('b', 2, 100);
  recent.set('a', 3, 100);
  recent.set('c', 4, 100);
  assert.equal(recent.get('b', 0), null);
  assert.equal(recent.get('a', 0)?.value, 3);
  assert.equal(recent.get('c', 0)?.value, 4);
});
