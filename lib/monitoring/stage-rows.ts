import { type IMetric, type IWidget, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Stage } from '../../contract/environment.ts';
import { METRICS, type MetricName } from '../../contract/metrics.ts';
import type { Signals } from './signals.ts';
import { type Graph, heading, row } from './widgets.ts';

/** Graphs of each stage's own metrics. */
const OWN: Readonly<Record<Stage, Readonly<Record<string, readonly MetricName[]>>>> = {
  ingest: {
    'events accepted': ['EventsAccepted', 'EventsDuplicate', 'EventsConflicting', 'EventsOffSchema'],
    'events refused': ['EventsRefused'],
  },
  'fan-out': {
    'events matched': ['FanOutSize', 'EventsUnmatched'],
    'more than it may take': ['EventsPutBack'],
  },
  dispatch: {
    attempts: ['AttemptsMade', 'AttemptsSucceeded', 'AttemptsInFlight'],
    failures: ['AttemptsFailed'],
    'latency and lags, p99': ['AttemptLatency', 'FirstAttemptLag', 'EndToEndLag'],
    'what follows': [
      'DeliveriesRetried',
      'DeliveriesParked',
      'DeliveriesDead',
      'DeliveriesSkipped',
      'DeliveriesCancelled',
    ],
    'held for their endpoint': ['DeliveriesHeld', 'BreakersOpened', 'SubscriptionsDisabled'],
    'our own trouble': ['BatchItemsReturned', 'LogWriteFailures'],
  },
  retry: { 'parked deliveries that fell due': ['DeliveriesSwept'], overdue: ['ParkedOverdue'] },
  redrive: { 'sent again': ['DeliveriesRedriven'] },
  manage: {},
};

/** A stage's runs, and the graphs of its own metrics. */
export function stageRows(
  s: Signals,
  stage: Stage,
  howToRead: string,
  limit?: number,
): readonly (readonly IWidget[])[] {
  const runs: readonly Graph[] = [
    {
      title: `${stage}: runs`,
      metrics: [
        s.fn(stage, 'Invocations', 'Sum', 'runs'),
        s.fn(stage, 'Errors', 'Sum', 'failed'),
        s.fn(stage, 'Throttles', 'Sum', 'throttled'),
      ],
    },
    {
      title: `${stage}: duration`,
      unit: 'ms',
      metrics: [
        s.fn(stage, 'Duration', Stats.p(50), 'p50'),
        s.fn(stage, 'Duration', Stats.p(99), 'p99'),
        s.fn(stage, 'Duration', Stats.MAXIMUM, 'longest'),
      ],
    },
    {
      title: `${stage}: at once`,
      metrics: [s.fn(stage, 'ConcurrentExecutions', Stats.MAXIMUM, 'runs at once')],
      limits: limit === undefined ? [] : [{ value: limit, label: 'limit' }],
    },
  ];
  const own = Object.entries(OWN[stage]).map(([title, names]): Graph => {
    return { title: `${stage}: ${title}`, metrics: names.flatMap((name) => ownMetrics(s, name)) };
  });
  const rows = [runs, own.slice(0, 3), own.slice(3)].filter((graphs) => graphs.length > 0);
  return [[heading(stage, howToRead)], ...rows.map((graphs) => row(...graphs))];
}

function ownMetrics(s: Signals, name: MetricName): readonly IMetric[] {
  const { kind, dimension } = METRICS[name];
  const statistic =
    kind === 'count' ? 'Sum' : kind === 'peak' ? 'Maximum' : name === 'FanOutSize' ? 'Average' : 'p99';
  return dimension === null ? [s.own(name, statistic)] : s.eachOf(name, statistic);
}
