import { METRICS_NAMESPACE, type MetricName } from '../../contract/metrics.ts';
import type { MetricKey, MetricStore } from './store.ts';

/** How far back a rate looks. */
const WINDOW_MS = 10_000;

/** One line that tells how the pipeline does at this moment. */
export function ratesLine(store: MetricStore, now: number, alarms: readonly string[]): string {
  const from = now - WINDOW_MS;
  const keys = store.keys();
  const named = (name: string, namespace = METRICS_NAMESPACE): readonly MetricKey[] =>
    keys.filter((key) => key.namespace === namespace && key.name === name);
  const sum = (name: MetricName): number =>
    named(name).reduce((all, key) => all + (store.statistic(key, 'Sum', from, now) ?? 0), 0);
  const rate = (name: MetricName): string => (sum(name) / (WINDOW_MS / 1000)).toFixed(1);
  const lag = named('FirstAttemptLag').map((key) => store.statistic(key, 'p99', from, now))[0];
  const waiting = named('ApproximateNumberOfMessagesVisible', 'AWS/SQS')
    .map((key) => store.statistic(key, 'Maximum', now - 2_000, now) ?? 0)
    .reduce((all, one) => all + one, 0);
  return [
    `${rate('EventsAccepted')} events/s`,
    `${rate('AttemptsMade')} attempts/s`,
    `${rate('AttemptsFailed')} failing/s`,
    `lag p99 ${lag === null || lag === undefined ? '–' : `${Math.round(lag)} ms`}`,
    `${waiting} waiting`,
    alarms.length === 0 ? 'no alarm' : `ALARM ${alarms.join(' ')}`,
  ].join('  ·  ');
}
