import { type IMetric, type IWidget, SingleValueWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { costInAll, costPerHour } from './cost.ts';
import { math } from './math.ts';
import type { Signals } from './signals.ts';
import { heading, row } from './widgets.ts';

/** How much there is, and what it costs. */
export function muchRows(s: Signals): readonly (readonly IWidget[])[] {
  return [
    [
      heading(
        'How much, and what does it cost?',
        'Dollars are counts times list prices of N. Virginia, without traffic out of AWS and fixed costs. Choose one day above to see today.',
      ),
    ],
    [
      ...row(
        {
          title: 'Events',
          metrics: [
            s.own('EventsAccepted', 'Sum', { label: 'accepted' }),
            s.totalOf('EventsRefused', 'refused'),
            s.own('EventsDuplicate', 'Sum', { label: 'repeats' }),
          ],
        },
        {
          title: 'Deliveries for each event',
          metrics: [
            s.own('FanOutSize', 'Average', { label: 'average' }),
            s.own('FanOutSize', 'Maximum', { label: 'most' }),
          ],
        },
        { title: 'Dollars an hour', unit: '$', stacked: true, metrics: costPerHour(s) },
      ),
    ],
    [
      new SingleValueWidget({
        title: 'Dollars, in the time shown',
        metrics: [costInAll(s)],
        width: 8,
        height: 3,
        setPeriodToTimeRange: true,
      }),
      new SingleValueWidget({
        title: 'Attempts taken, %',
        metrics: [takenShare(s)],
        width: 8,
        height: 3,
        setPeriodToTimeRange: true,
      }),
      new SingleValueWidget({
        title: 'Events and attempts',
        metrics: [
          s.own('EventsAccepted', 'Sum', { label: 'events' }),
          s.own('AttemptsMade', 'Sum', { label: 'attempts' }),
        ],
        width: 8,
        height: 3,
        setPeriodToTimeRange: true,
      }),
    ],
  ];
}

function takenShare(s: Signals): IMetric {
  const metrics = { taken: s.own('AttemptsSucceeded', 'Sum'), made: s.own('AttemptsMade', 'Sum') };
  return math('100 * taken / made', metrics, { label: 'taken' });
}
