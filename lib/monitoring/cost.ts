import { Duration } from 'aws-cdk-lib';
import { type IMetric, type MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { STAGES } from '../../contract/environment.ts';
import { INDEXES } from '../../contract/tables.ts';
import { math, sum } from './math.ts';
import { type Signals, WORK_QUEUES } from './signals.ts';

/** List prices in dollars, us-east-1, first tier, 2026. Other Regions and discounts differ; the shares hardly do. */
export const PRICES = {
  apiRequest: 1e-6,
  invocation: 2e-7,
  gbSecondArm: 1.33334e-5,
  /** One request of a fair queue. */
  queueRequest: 5e-7,
  writeUnit: 6.25e-7,
  readUnit: 1.25e-7,
  logGb: 0.5,
} as const;

const GB = 1024 ** 3;
const HOUR = Duration.hours(1);

/** What was spent per hour, by service: counts times list prices. */
export function costPerHour(signals: Signals): readonly IMetric[] {
  return Object.entries(shares(signals)).map(([label, terms]) => priced(label, terms));
}

/** The same in one figure, over the time that the dashboard shows. */
export function costInAll(signals: Signals): IMetric {
  return sum(costPerHour(signals), { label: 'estimated dollars', prefix: 'service', period: HOUR });
}

/** A count, and what one of it costs. */
interface Term {
  readonly metric: Metric;
  readonly dollars: number;
}

function shares(signals: Signals): Readonly<Record<string, readonly Term[]>> {
  const { functions, tables } = signals.watched;
  return {
    'API Gateway': [{ metric: signals.api('Count', 'Sum', 'requests'), dollars: PRICES.apiRequest }],
    Lambda: STAGES.flatMap((stage) => [
      { metric: signals.fn(stage, 'Invocations', 'Sum'), dollars: PRICES.invocation },
      {
        metric: signals.fn(stage, 'Duration', 'Sum'),
        dollars: ((functions[stage].memoryMb / 1024) * PRICES.gbSecondArm) / 1000,
      },
    ]),
    // Ten messages may share a request, so this is the upper end.
    SQS: [...WORK_QUEUES, 'dead-letters' as const].flatMap((name) =>
      [
        'NumberOfMessagesSent',
        'NumberOfMessagesReceived',
        'NumberOfMessagesDeleted',
        'NumberOfEmptyReceives',
      ].map((counted) => ({ metric: signals.queue(name, counted, 'Sum'), dollars: PRICES.queueRequest })),
    ),
    DynamoDB: [
      { table: tables.subscriptions, index: undefined },
      { table: tables.events, index: undefined },
      { table: tables.deliveries, index: undefined },
      { table: tables.deliveries, index: INDEXES.deliveriesBySubscription.name },
    ].flatMap(({ table, index }) => [
      {
        metric: signals.table(table, 'ConsumedWriteCapacityUnits', 'written', index),
        dollars: PRICES.writeUnit,
      },
      { metric: signals.table(table, 'ConsumedReadCapacityUnits', 'read', index), dollars: PRICES.readUnit },
    ]),
    Logs: STAGES.map((stage) => ({
      metric: new Metric({
        namespace: 'AWS/Logs',
        metricName: 'IncomingBytes',
        dimensionsMap: { LogGroupName: functions[stage].logs.logGroupName },
        statistic: 'Sum',
      }),
      dollars: PRICES.logGb / GB,
    })),
  };
}

/** Billionths, because an expression has no exponents. */
const NANO = 1e9;

function priced(label: string, terms: readonly Term[]): MathExpression {
  const prefix = label.toLowerCase().replace(/\W/g, '');
  const metrics = Object.fromEntries(terms.map(({ metric }, i) => [`${prefix}${i}`, metric]));
  const dollars = terms.map(({ dollars }, i) => `${prefix}${i}*${Number((dollars * NANO).toPrecision(6))}`);
  return math(`(${dollars.join('+')})/${NANO}`, metrics, { label, period: HOUR });
}
