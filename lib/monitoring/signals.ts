import { Aws, Duration } from 'aws-cdk-lib';
import { type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Stage } from '../../contract/environment.ts';
import {
  METRICS,
  METRICS_NAMESPACE,
  type MetricName,
  type MetricSpec,
  PIPELINE_DIMENSION,
} from '../../contract/metrics.ts';
import type { Queues } from '../blocks/queues.ts';
import type { ServiceFunction } from '../blocks/service-function.ts';
import type { Tables } from '../blocks/tables.ts';
import { sum } from './math.ts';

/** The parts of a pipeline that are watched. */
export interface Watched {
  /** Path of the pipeline's construct: the dimension of its own metrics, and the beginning of names. */
  readonly pipeline: string;
  readonly queues: Queues;
  readonly tables: Tables;
  readonly functions: Readonly<Record<Stage, ServiceFunction>>;
  readonly apiId: string;
}

export type WorkQueue = 'events' | 'deliveries' | 'slow-deliveries' | 'tasks';
export type QueueName = WorkQueue | 'dead-letters';
export const WORK_QUEUES: readonly WorkQueue[] = ['events', 'deliveries', 'slow-deliveries', 'tasks'];

/** How a metric is shown. `value` picks one value of its dimension. */
export interface SignalOptions {
  readonly label?: string;
  readonly value?: string;
}

const PERIOD = Duration.minutes(1);

/** Makes metrics of a pipeline: its own from the catalogue, and those that AWS counts about its parts. */
export class Signals {
  readonly watched: Watched;

  constructor(watched: Watched) {
    this.watched = watched;
  }

  /** A metric of the catalogue. */
  own(name: MetricName, statistic: string, { label, value }: SignalOptions = {}): Metric {
    const { dimension }: MetricSpec = METRICS[name];
    if ((dimension !== null) !== (value !== undefined))
      throw new Error(`${name} needs its dimension's value`);
    return new Metric({
      namespace: METRICS_NAMESPACE,
      metricName: name,
      dimensionsMap: {
        [PIPELINE_DIMENSION]: this.watched.pipeline,
        ...(dimension && value !== undefined ? { [dimension.name]: value } : {}),
      },
      statistic,
      period: PERIOD,
      label: label ?? value ?? name,
    });
  }

  /** A metric of the catalogue, once for each value of its dimension. */
  eachOf(name: MetricName, statistic: string): readonly Metric[] {
    const { dimension }: MetricSpec = METRICS[name];
    if (dimension === null) return [this.own(name, statistic)];
    return dimension.values.map((value) => this.own(name, statistic, { value }));
  }

  /** The sum of a metric over all values of its dimension. */
  totalOf(name: MetricName, label: string): IMetric {
    const prefix = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    return sum(this.eachOf(name, 'Sum'), { label, prefix });
  }

  queue(name: QueueName, metricName: string, statistic = 'Maximum', label = name as string): Metric {
    return ofQueue(this.#queue(name), metricName, statistic, label);
  }

  poison(name: WorkQueue, label = name as string): Metric {
    return ofQueue(this.#work(name).poison, 'ApproximateNumberOfMessagesVisible', 'Maximum', label);
  }

  fn(stage: Stage, metricName: string, statistic: string, label = stage as string): Metric {
    const dimensionsMap = { FunctionName: this.watched.functions[stage].functionName };
    return new Metric({
      namespace: 'AWS/Lambda',
      metricName,
      dimensionsMap,
      statistic,
      period: PERIOD,
      label,
    });
  }

  /** What all functions of the account do together, ours and others'. */
  account(metricName: string, label: string): Metric {
    return new Metric({ namespace: 'AWS/Lambda', metricName, statistic: 'Maximum', period: PERIOD, label });
  }

  api(metricName: string, statistic: string, label: string): Metric {
    const dimensionsMap = { ApiId: this.watched.apiId };
    return new Metric({
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensionsMap,
      statistic,
      period: PERIOD,
      label,
    });
  }

  table(table: ITableV2, metricName: string, label: string, index?: string): Metric {
    return new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: table.tableName, ...(index ? { GlobalSecondaryIndexName: index } : {}) },
      statistic: 'Sum',
      period: PERIOD,
      label,
    });
  }

  #queue(name: QueueName): IQueue {
    return name === 'dead-letters' ? this.watched.queues.deadLetters : this.#work(name).queue;
  }

  #work(name: WorkQueue) {
    const { events, deliveries, slowDeliveries, tasks } = this.watched.queues;
    return { events, deliveries, 'slow-deliveries': slowDeliveries, tasks }[name];
  }
}

function ofQueue(queue: IQueue, metricName: string, statistic: string, label: string): Metric {
  const dimensionsMap = { QueueName: queue.queueName };
  return new Metric({ namespace: 'AWS/SQS', metricName, dimensionsMap, statistic, period: PERIOD, label });
}

/** Address of a dashboard in CloudWatch's console. */
export function dashboardUrl(name: string): string {
  return `https://${Aws.REGION}.console.aws.amazon.com/cloudwatch/home?region=${Aws.REGION}#dashboards/dashboard/${name}`;
}
