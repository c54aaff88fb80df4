import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { MetricSeries } from '../../../local/metrics/pages.ts';
import { type InProcessRunner, startInProcess } from '../runner.ts';
import { until } from '../until.ts';

let runner: InProcessRunner;
before(async () => {
  runner = await startInProcess();
  await runner.subscribe(`${runner.url}/demo/receiver`);
  await runner.post({ type: 'order.created', data: 1 });
});
after(() => runner.stop());

test('GET /metrics tells in Prometheus’ format what CloudWatch would get, with the question each answers', async () => {
  const page = async (): Promise<string> => (await fetch(`${runner.url}/metrics`)).text();
  await until('the attempt is counted, and the queues were looked at since', async () => {
    const now = await page();
    return /^fanfare_attempts_succeeded_total 1$/m.test(now) && /\{queue="Deliveries"\} 0$/m.test(now);
  });
  const text = await page();
  assert.match(text, /^# HELP fanfare_events_accepted_total How many events come in\?$/m);
  assert.match(text, /^# TYPE fanfare_events_accepted_total counter$/m);
  assert.match(text, /^fanfare_first_attempt_lag_milliseconds\{quantile="0.99"\} \d+/m);
  assert.match(text, /^fanfare_function_invocations_total\{function="dispatch"\} [1-9]/m);
  assert.match(text, /^fanfare_queue_messages_visible\{queue="Deliveries"\} 0$/m);
  assert.match(text, /^fanfare_api_count_total [1-9]/m);
});

test('GET /metrics.json has the last quarter of an hour of each metric, in steps', async () => {
  const answer = await fetch(`${runner.url}/metrics.json`);
  assert.equal(answer.headers.get('content-type'), 'application/json');
  const { stepMs, series } = (await answer.json()) as { stepMs: number; series: MetricSeries[] };
  assert.equal(stepMs, 5_000);
  const accepted = series.find(({ name }) => name === 'EventsAccepted');
  assert.ok(accepted);
  assert.deepEqual([accepted.value, accepted.unit, accepted.statistic], [null, 'Count', 'Sum']);
  assert.equal(
    accepted.points.reduce((sum, [, value]) => sum + value, 0),
    1,
  );
  const lag = series.filter(({ name }) => name === 'FirstAttemptLag');
  assert.deepEqual(
    lag.map(({ statistic }) => statistic),
    ['p50', 'p95', 'p99'],
  );
});

test('one line tells the rates and that there is no alarm', () => {
  assert.match(
    runner.runner.metrics.rates(),
    /^\d+\.\d events\/s {2}· {2}\d+\.\d attempts\/s {2}· {2}0\.0 failing\/s {2}· {2}lag p99 (–|\d+ ms) {2}· {2}0 waiting {2}· {2}no alarm$/,
  );
});
