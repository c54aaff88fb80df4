import { type IMetric, type IWidget, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { STAGES } from '../../contract/environment.ts';
import { answerOf } from './log-queries.ts';
import { type Signals, WORK_QUEUES } from './signals.ts';
import { heading, row } from './widgets.ts';

const PERCENTILES = [50, 95, 99] as const;

/** What is at zero when we are well. */
export function usRows(s: Signals): readonly (readonly IWidget[])[] {
  return [
    [
      heading(
        'Is it us?',
        'All of these are flat at zero when we are well, whatever endpoints do. If one is not, open the runbook at its alarm.',
      ),
    ],
    [
      ...row(
        {
          title: 'Functions that failed or were refused',
          metrics: [
            ...STAGES.map((stage) => s.fn(stage, 'Errors', 'Sum', `${stage} failed`)),
            ...STAGES.map((stage) => s.fn(stage, 'Throttles', 'Sum', `${stage} throttled`)),
          ],
        },
        {
          title: 'Messages given back, log rows lost',
          metrics: [
            ...s.eachOf('BatchItemsReturned', 'Sum'),
            s.own('LogWriteFailures', 'Sum', { label: 'log rows lost' }),
          ],
        },
        { title: 'Poison', metrics: WORK_QUEUES.map((name) => s.poison(name)) },
        { title: 'API answers 5xx', metrics: [s.api('5xx', 'Sum', '5xx')] },
      ),
    ],
  ];
}

/** What endpoints do, and whose they are. */
export function themRows(s: Signals): readonly (readonly IWidget[])[] {
  return [
    [
      heading(
        'Is it them?',
        'What endpoints do. A high wall of one colour is one kind of trouble; the tables below say whose. None of it wakes anybody.',
      ),
    ],
    [
      ...row(
        {
          title: 'Attempts',
          stacked: true,
          metrics: [
            s.own('AttemptsSucceeded', 'Sum', { label: 'taken' }),
            s.totalOf('AttemptsFailed', 'failed'),
          ],
        },
        { title: 'How attempts fail', stacked: true, metrics: s.eachOf('AttemptsFailed', 'Sum') },
        {
          title: 'Left alone, switched off, given up',
          metrics: [
            s.own('BreakersOpened', 'Sum', { label: 'breakers opened' }),
            s.own('SubscriptionsDisabled', 'Sum', { label: 'subscriptions disabled' }),
            s.own('DeliveriesDead', 'Sum', { label: 'dead letters' }),
          ],
        },
        { title: 'How long endpoints take', unit: 'ms', metrics: percentiles(s, 'AttemptLatency') },
      ),
    ],
    [answerOf('FailingSubscriptions', s.watched), answerOf('FailingTenants', s.watched)],
  ];
}

/** How late we are, and how late subscribers are served. */
export function lateRows(s: Signals): readonly (readonly IWidget[])[] {
  return [
    [
      heading(
        'How late?',
        'First attempts are our lateness; end to end holds what endpoints cost as well. Ages rise in a straight line when nobody works on a queue.',
      ),
    ],
    [
      ...row(
        {
          title: 'Accepted to first attempt',
          unit: 'ms',
          metrics: percentiles(s, 'FirstAttemptLag'),
          limits: [{ value: 60_000, label: 'alarm, p99' }],
        },
        { title: 'Accepted to delivered', unit: 'ms', metrics: percentiles(s, 'EndToEndLag') },
        {
          title: 'Oldest message',
          unit: 's',
          metrics: WORK_QUEUES.map((name) => s.queue(name, 'ApproximateAgeOfOldestMessage')),
        },
        {
          title: 'Parked deliveries, overdue',
          unit: 's',
          metrics: [s.own('ParkedOverdue', 'Maximum', { label: 'oldest' })],
          limits: [{ value: 300, label: 'alarm' }],
        },
      ),
    ],
  ];
}

function percentiles(
  s: Signals,
  name: 'AttemptLatency' | 'FirstAttemptLag' | 'EndToEndLag',
): readonly IMetric[] {
  return PERCENTILES.map((p) => s.own(name, Stats.p(p), { label: `p${p}` }));
}
