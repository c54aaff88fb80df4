import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryAfterAt } from '../../../core/dispatch/retry-after.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const DAY = 86_400_000;

test('C040: seconds and the three date forms of HTTP are understood', () => {
  assert.equal(retryAfterAt('120', NOW), NOW + 120_000);
  assert.equal(retryAfterAt(' 90 ', NOW), NOW + 90_000);
  for (const date of [
    'Fri, 02 Jan 2026 03:07:05 GMT',
    'Friday, 02-Jan-26 03:07:05 GMT',
    'Fri Jan  2 03:07:05 2026',
  ]) {
    assert.equal(retryAfterAt(date, NOW), NOW + 180_000, date);
  }
});

test('C041: absurd waits come to a day, nonsense to nothing', () => {
  for (const far of ['9999999999', '99999999999999999999999', 'Fri, 31 Dec 9999 23:59:59 GMT']) {
    assert.equal(retryAfterAt(far, NOW), NOW + DAY, far);
  }
  for (const nonsense of [
    null,
    '',
    'soon',
    '-5',
    '1.5',
    '1e3',
    '2026-01-02T03:07:05Z',
    '5 apples',
    'Fri, 02 Jan 2026 03:00:05 GMT',
  ]) {
    assert.equal(retryAfterAt(nonsense, NOW), null, String(nonsense));
  }
});
