import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';

/** How an expression is shown, and how long its periods are. */
export interface MathOptions {
  readonly label?: string;
  /** @default one minute */
  readonly period?: Duration;
}

/** An expression over metrics; where one has no data in a period, it is 0. */
export function math(
  expression: string,
  usingMetrics: Readonly<Record<string, IMetric>>,
  { label, period = Duration.minutes(1) }: MathOptions = {},
): MathExpression {
  const filled = expression.replace(/\b[a-z]\w*\b/g, (id) => (id in usingMetrics ? `FILL(${id},0)` : id));
  const made = new MathExpression({
    expression: filled,
    usingMetrics: { ...usingMetrics },
    ...(label ? { label } : {}),
  });
  return every(made, period);
}

/** A sum of metrics. */
export function sum(
  metrics: readonly IMetric[],
  options: MathOptions & { readonly prefix?: string } = {},
): MathExpression {
  const named = Object.fromEntries(metrics.map((metric, i) => [`${options.prefix ?? 'm'}${i}`, metric]));
  return math(`SUM([${Object.keys(named).join(',')}])`, named, options);
}

/** A metric with periods of this length, down to the metrics that an expression is made of. */
export function every<M extends IMetric>(metric: M, period: Duration): M;
export function every(metric: IMetric, period: Duration): IMetric {
  if (metric instanceof Metric) return metric.with({ period });
  if (!(metric instanceof MathExpression)) return metric;
  const { expression, usingMetrics, label } = metric;
  return new MathExpression({
    expression,
    usingMetrics: Object.fromEntries(
      Object.entries(usingMetrics).map(([id, one]) => [id, every(one, period)]),
    ),
    period,
    ...(label ? { label } : {}),
  });
}
