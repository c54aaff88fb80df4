import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EmfMeter } from '../../../adapters/emf-meter.ts';
import { readEmbeddedMetrics } from '../../../local/metrics/emf.ts';
import { KEPT_MS, MetricStore } from '../../../local/metrics/store.ts';
import { printedBy } from '../../support/emf-lines.ts';

const key = { namespace: 'Fanfare', name: 'AttemptLatency', dimensions: { service: 'P' } };
const AT = 1_700_000_000_000;

test('statistics over a time are those that CloudWatch has', () => {
  const store = new MetricStore();
  store.record(
    key,
    Array.from({ length: 100 }, (_, i) => i + 1),
    AT,
  );
  store.record(key, [1_000], AT + 5_000);
  const over = (name: string, from = AT, to = AT + 60_000) => store.statistic(key, name, from, to);
  assert.deepEqual(
    ['Sum', 'SampleCount', 'Minimum', 'Maximum', 'p50', 'p99', 'Average'].map((name) => over(name)),
    [6_050, 101, 1, 1_000, 51, 100, 6_050 / 101],
  );
  assert.equal(over('Sum', AT + 1_000), 1_000);
  assert.equal(over('Sum', AT + 10_000), null);
  assert.throws(() => over('Median'));
});

test('dimensions tell metrics apart, in whatever order they stand', () => {
  const store = new MetricStore();
  const failed = (dimensions: Record<string, string>) => ({ ...key, name: 'AttemptsFailed', dimensions });
  store.record(failed({ service: 'P', Class: '5xx' }), [1], AT);
  store.record(failed({ Class: '5xx', service: 'P' }), [1], AT);
  store.record(failed({ service: 'P', Class: 'dns' }), [1], AT);
  assert.equal(store.keys().length, 2);
  assert.equal(store.statistic(failed({ service: 'P', Class: '5xx' }), 'Sum', AT, AT + 1), 2);
});

test('what is older than an hour is forgotten', () => {
  const store = new MetricStore();
  store.record(key, [1], AT);
  store.record(key, [2], AT + KEPT_MS + 2_000);
  assert.equal(store.statistic(key, 'SampleCount', 0, AT + 2 * KEPT_MS), 1);
});

test('points leave out periods without data', () => {
  const store = new MetricStore();
  store.record(key, [1, 2], AT);
  store.record(key, [5], AT + 30_000);
  assert.deepEqual(store.points(key, 'Sum', 10_000, AT, AT + 60_000), [
    [AT, 3],
    [AT + 30_000, 5],
  ]);
});

test('what the meter prints is read back, and other lines hold no metrics', async () => {
  const meter = new EmfMeter('Fanfare/Pipeline');
  const lines = await printedBy(() => {
    meter.measure('FirstAttemptLag', 12);
    meter.measure('AttemptsFailed', 1, 'dns');
    meter.publish();
  });
  const read = lines
    .flatMap(readEmbeddedMetrics)
    .map(({ key, values }) => [key.name, key.dimensions, values]);
  assert.deepEqual(read, [
    ['AttemptsFailed', { service: 'Fanfare/Pipeline', Class: 'dns' }, [1]],
    ['FirstAttemptLag', { service: 'Fanfare/Pipeline' }, [12]],
  ]);
  assert.deepEqual(readEmbeddedMetrics('{"level":"INFO","message":"_aws"}'), []);
  assert.deepEqual(readEmbeddedMetrics(lines[0]?.slice(0, 80) ?? ''), [], 'a line that was cut');
});
