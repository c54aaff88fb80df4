import { Duration } from 'aws-cdk-lib';
import { Dashboard, type IWidget, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Stage } from '../../contract/environment.ts';
import { MAX_IN_FLIGHT } from './alarm-table.ts';
import { dashboardUrl, type QueueName, type Signals, type WorkQueue } from './signals.ts';
import { stageRows } from './stage-rows.ts';
import { heading, row } from './widgets.ts';

/** Runs at once that an account has unless it asked for more; new accounts may have fewer. */
const DEFAULT_QUOTA = 1_000;

export interface StagePagesProps {
  readonly signals: Signals;
  /** Most runs at once of the stages that work on queues. */
  readonly maxConcurrency: Partial<Readonly<Record<Stage, number>>>;
}

/** Each stage and each queue, in flow order: where in the pipeline it hurts. */
export class StagePages extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { signals: s, maxConcurrency }: StagePagesProps) {
    super(scope, id);
    const dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.hours(3) });
    const add = (...rows: readonly (readonly IWidget[])[]): void => {
      for (const widgets of rows) dashboard.addWidgets(...widgets);
    };
    const stage = (name: Stage, howToRead: string) => stageRows(s, name, howToRead, maxConcurrency[name]);
    add(
      [
        heading(
          'The front door',
          'Requests to the API. 4xx are the callers’ own, 508 a loop’s; other 5xx never are.',
        ),
      ],
      apiRow(s),
    );
    add(
      ...stage(
        'ingest',
        'Judges an event and puts it on the queue `events`. Refusals are the producers’ business; failures are ours.',
      ),
    );
    add(queueRow(s, 'events', 'events'));
    add(...stage('fan-out', 'Finds the subscriptions of each event. Its age is how late everybody is.'));
    add(queueRow(s, 'deliveries', 'deliveries'), queueRow(s, 'slow-deliveries', 'slow-deliveries'));
    add(
      ...stage(
        'dispatch',
        'Sends to endpoints. Waiting deliveries and few runs: we stand still. Many runs, long duration: endpoints are slow.',
      ),
    );
    add(
      ...stage(
        'retry',
        'Each minute it moves parked deliveries that fall due. Silence means it does not run.',
      ),
    );
    add(queueRow(s, 'dead-letters'));
    add(queueRow(s, 'tasks', 'tasks'));
    add(...stage('redrive', 'Sends dead letters and old events again, when asked.'));
    add(...stage('manage', 'The rest of the API: subscriptions, logs, redrives.'));
    add(
      [heading('Tables', 'DynamoDB. Throttles here come back as messages given back and log rows lost.')],
      tableRow(s),
    );
    this.url = dashboardUrl(dashboard.dashboardName);
  }
}

function queueRow(s: Signals, name: QueueName, poison?: WorkQueue): readonly IWidget[] {
  return row(
    {
      title: `${name}: waiting`,
      metrics: [
        s.queue(name, 'ApproximateNumberOfMessagesVisible', 'Maximum', 'waiting'),
        s.queue(name, 'ApproximateNumberOfMessagesDelayed', 'Maximum', 'delayed'),
        ...(poison ? [s.poison(poison, 'poison')] : []),
      ],
    },
    {
      title: `${name}: in flight`,
      metrics: [s.queue(name, 'ApproximateNumberOfMessagesNotVisible', 'Maximum', 'in flight')],
      limits: poison
        ? [
            { value: MAX_IN_FLIGHT, label: 'SQS falls silent' },
            { value: MAX_IN_FLIGHT / 2, label: 'alarm' },
          ]
        : [],
    },
    {
      title: `${name}: age of the oldest`,
      unit: 's',
      metrics: [s.queue(name, 'ApproximateAgeOfOldestMessage', 'Maximum', 'oldest')],
    },
    {
      title: `${name}: sent and done`,
      metrics: [
        s.queue(name, 'NumberOfMessagesSent', 'Sum', 'sent'),
        s.queue(name, 'NumberOfMessagesDeleted', 'Sum', 'done'),
      ],
    },
  );
}

function apiRow(s: Signals): readonly IWidget[] {
  return row(
    {
      title: 'API: requests',
      metrics: [
        s.api('Count', 'Sum', 'requests'),
        s.api('4xx', 'Sum', '4xx'),
        s.api('5xx', 'Sum', '5xx'),
        s.own('LoopsRefused', 'Sum', { label: '508: our own' }),
      ],
    },
    {
      title: 'API: latency',
      unit: 'ms',
      metrics: [s.api('Latency', Stats.p(50), 'p50'), s.api('Latency', Stats.p(99), 'p99')],
    },
    {
      title: 'account: runs at once',
      metrics: [s.account('ConcurrentExecutions', 'all functions of the account')],
      limits: [{ value: DEFAULT_QUOTA, label: 'default quota' }],
    },
  );
}

function tableRow(s: Signals): readonly IWidget[] {
  const { subscriptions, events, deliveries } = s.watched.tables;
  return row(
    ...Object.entries({ subscriptions, events, deliveries }).map(([name, table]) => ({
      title: `table ${name}`,
      metrics: [
        s.table(table, 'ConsumedWriteCapacityUnits', 'written units'),
        s.table(table, 'ConsumedReadCapacityUnits', 'read units'),
        s.table(table, 'WriteThrottleEvents', 'writes throttled'),
        s.table(table, 'ReadThrottleEvents', 'reads throttled'),
      ],
    })),
  );
}
