import { Aws, Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric, Stats, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Stage } from '../../contract/environment.ts';
import type { Queues } from '../blocks/queues.ts';

export interface PipelineDashboardProps {
  readonly queues: Queues;
  readonly functions: Readonly<Record<Stage, IFunction>>;
}

const PERIOD = Duration.minutes(1);
const HEIGHT = 5;

/** The pipeline's queues and functions at a glance, in flow order. */
export class PipelineDashboard extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { queues, functions }: PipelineDashboardProps) {
    super(scope, id);
    const { events, deliveries, slowDeliveries, tasks, deadLetters } = queues;
    const dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.hours(3) });
    dashboard.addWidgets(
      new TextWidget({ width: 24, height: 1, markdown: '# Fanfare: the pipeline in flow order' }),
    );
    dashboard.addWidgets(...functionRow('ingest', functions.ingest));
    dashboard.addWidgets(...queueRow('events', events.queue, events.poison));
    dashboard.addWidgets(...functionRow('fan-out', functions['fan-out']));
    dashboard.addWidgets(...queueRow('deliveries', deliveries.queue, deliveries.poison));
    dashboard.addWidgets(...queueRow('slow-deliveries', slowDeliveries.queue, slowDeliveries.poison));
    dashboard.addWidgets(...functionRow('dispatch', functions.dispatch));
    dashboard.addWidgets(...functionRow('retry', functions.retry));
    dashboard.addWidgets(...queueRow('dead-letters', deadLetters));
    dashboard.addWidgets(...queueRow('tasks', tasks.queue, tasks.poison));
    dashboard.addWidgets(...functionRow('redrive', functions.redrive));
    dashboard.addWidgets(...functionRow('manage', functions.manage));
    this.url = `https://${Aws.REGION}.console.aws.amazon.com/cloudwatch/home?region=${Aws.REGION}#dashboards/dashboard/${dashboard.dashboardName}`;
  }
}

function functionRow(name: Stage, fn: IFunction): readonly GraphWidget[] {
  const options = { period: PERIOD };
  return [
    graph(`${name}: runs`, [
      fn.metricInvocations({ ...options, label: 'runs' }),
      fn.metricErrors({ ...options, label: 'failed' }),
      fn.metricThrottles({ ...options, label: 'throttled' }),
    ]),
    graph(`${name}: duration`, [
      fn.metricDuration({ ...options, label: 'p50', statistic: Stats.p(50) }),
      fn.metricDuration({ ...options, label: 'p99', statistic: Stats.p(99) }),
      fn.metricDuration({ ...options, label: 'longest', statistic: Stats.MAXIMUM }),
    ]),
    graph(`${name}: at once`, [
      fn.metric('ConcurrentExecutions', { ...options, label: 'runs at once', statistic: Stats.MAXIMUM }),
    ]),
  ];
}

function queueRow(name: string, queue: IQueue, poison?: IQueue): readonly GraphWidget[] {
  const options = { period: PERIOD, statistic: Stats.MAXIMUM };
  return [
    graph(`${name}: waiting`, [
      queue.metricApproximateNumberOfMessagesVisible({ ...options, label: 'waiting' }),
      queue.metricApproximateNumberOfMessagesNotVisible({ ...options, label: 'in flight' }),
      queue.metricApproximateNumberOfMessagesDelayed({ ...options, label: 'delayed' }),
      ...(poison ? [poison.metricApproximateNumberOfMessagesVisible({ ...options, label: 'poison' })] : []),
    ]),
    graph(`${name}: age of the oldest, in seconds`, [
      queue.metricApproximateAgeOfOldestMessage({ ...options, label: 'oldest' }),
    ]),
    graph(`${name}: sent and done`, [
      queue.metricNumberOfMessagesSent({ period: PERIOD, label: 'sent' }),
      queue.metricNumberOfMessagesDeleted({ period: PERIOD, label: 'done' }),
    ]),
  ];
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 8, height: HEIGHT, leftYAxis: { min: 0 } });
}
