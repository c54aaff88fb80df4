import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inAlarm, type LocalAlarm } from '../../../local/metrics/alarms.ts';
import { MetricStore } from '../../../local/metrics/store.ts';

const MINUTE = 60_000;
const NOW = 1_000 * MINUTE;
const key = { namespace: 'Fanfare', name: 'ParkedOverdue', dimensions: {} };

const alarm = (fields: Partial<LocalAlarm> = {}): LocalAlarm => ({
  name: 'A',
  description: '',
  threshold: 300,
  periodMs: MINUTE,
  datapoints: 3,
  periods: 5,
  missingBreaches: false,
  queries: new Map([['m', { kind: 'metric', key, statistic: 'Maximum' }]]),
  result: 'm',
  ...fields,
});

/** A store with a value in each of the last minutes, the oldest first; null for none. */
function storeOf(...values: readonly (number | null)[]): MetricStore {
  const store = new MetricStore();
  values.forEach((value, i) => {
    if (value !== null) store.record(key, [value], NOW - (values.length - i) * MINUTE + 1_000);
  });
  return store;
}

test('an alarm trips when enough of its last periods reach the threshold, and not before', () => {
  assert.equal(inAlarm(alarm(), storeOf(300, 0, 400, 0, 500), NOW, 0), true);
  assert.equal(inAlarm(alarm(), storeOf(300, 0, 299, 0, 500), NOW, 0), false);
  assert.equal(inAlarm(alarm(), storeOf(500, 500, 500, 0, 0, 0, 0, 0), NOW, 0), false);
});

test('silence is what the alarm says it is', () => {
  assert.equal(inAlarm(alarm(), storeOf(null, null, null, null, null), NOW, 0), false);
  assert.equal(inAlarm(alarm({ missingBreaches: true }), storeOf(null, null, null, 0, 0), NOW, 0), true);
  assert.equal(inAlarm(alarm({ missingBreaches: true }), storeOf(null, null, 0, 0, 0), NOW, 0), false);
});

test('the time before the runner started counts for nothing', () => {
  const since = NOW - 2 * MINUTE;
  assert.equal(
    inAlarm(alarm({ missingBreaches: true }), storeOf(null, null, null, null, null), NOW, since),
    false,
  );
});
