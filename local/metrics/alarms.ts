import { resourcesOf, type Template } from '../template/assembly.ts';
import type { Resolve } from '../template/intrinsics.ts';
import { isObject, list, number, object, optional, text } from '../template/json.ts';
import { evaluate } from './expression.ts';
import type { MetricKey, MetricStore } from './store.ts';

/** A metric of an alarm or a graph, or an expression over others. */
export type Query =
  | { readonly kind: 'metric'; readonly key: MetricKey; readonly statistic: string }
  | { readonly kind: 'expression'; readonly expression: string };

/** An alarm of the template. */
export interface LocalAlarm {
  readonly name: string;
  readonly description: string;
  readonly threshold: number;
  readonly periodMs: number;
  readonly datapoints: number;
  readonly periods: number;
  readonly missingBreaches: boolean;
  readonly queries: ReadonlyMap<string, Query>;
  /** Id of the query that is compared with the threshold. */
  readonly result: string;
}

/** The template's alarms, with what they refer to resolved to what is called so here. */
export function readAlarms(template: Template, resolve: Resolve): readonly LocalAlarm[] {
  return resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([id, raw]) => {
    const properties = object(resolve(raw), id);
    const many = optional(properties.Metrics, `${id}.Metrics`, list);
    const queries = many ? readMany(many, id) : new Map([['m', readOne(properties, id)]]);
    const shown = many?.find((entry) => isObject(entry) && entry.ReturnData !== false);
    const periods = number(properties.EvaluationPeriods, `${id}.EvaluationPeriods`);
    if (properties.ComparisonOperator !== 'GreaterThanOrEqualToThreshold')
      throw new Error(`${id} compares in a way the runner does not know`);
    return {
      name: text(properties.AlarmName, `${id}.AlarmName`).replace(/^.*\//, ''),
      description: text(properties.AlarmDescription, `${id}.AlarmDescription`),
      threshold: number(properties.Threshold, `${id}.Threshold`),
      periodMs: periodOf(properties, many, id) * 1000,
      datapoints: optional(properties.DatapointsToAlarm, `${id}.DatapointsToAlarm`, number) ?? periods,
      periods,
      missingBreaches: properties.TreatMissingData === 'breaching',
      queries,
      result: shown ? text(object(shown, id).Id, `${id}.Metrics.Id`) : 'm',
    };
  });
}

/** The value of a query over [from, to), taken as one period. */
export function queryValue(
  queries: ReadonlyMap<string, Query>,
  id: string,
  store: MetricStore,
  from: number,
  to: number,
): number | null {
  const query = queries.get(id);
  if (!query) throw new Error(`nothing is called ${id}`);
  if (query.kind === 'metric') return store.statistic(query.key, query.statistic, from, to);
  return evaluate(query.expression, (other) => queryValue(queries, other, store, from, to));
}

/** Whether the alarm's expression reaches its threshold over [from, to), taken as one period. */
export function trips(
  { queries, result, threshold, missingBreaches }: LocalAlarm,
  store: MetricStore,
  from: number,
  to: number,
): boolean {
  const value = queryValue(queries, result, store, from, to);
  return value === null ? missingBreaches : value >= threshold;
}

/** Whether the alarm is in alarm at `now`: enough of its last periods, the current one left out, trip. */
export function inAlarm(alarm: LocalAlarm, store: MetricStore, now: number, since: number): boolean {
  const end = Math.floor(now / alarm.periodMs) * alarm.periodMs;
  let tripped = 0;
  for (let i = 1; i <= alarm.periods; i++) {
    const from = end - i * alarm.periodMs;
    // Before the runner started there was nothing to measure.
    if (from >= since && trips(alarm, store, from, from + alarm.periodMs)) tripped++;
  }
  return tripped >= alarm.datapoints;
}

function readMany(entries: readonly unknown[], id: string): ReadonlyMap<string, Query> {
  return new Map(
    entries.map((entry): [string, Query] => {
      const { Id, Expression, MetricStat } = object(entry, id);
      const name = text(Id, `${id}.Metrics.Id`);
      if (typeof Expression === 'string') return [name, { kind: 'expression', expression: Expression }];
      const { Metric, Stat } = object(MetricStat, `${id}.${name}`);
      return [name, readOne({ ...object(Metric, id), Statistic: Stat }, id)];
    }),
  );
}

function readOne(metric: Readonly<Record<string, unknown>>, id: string): Query {
  const dimensions = (optional(metric.Dimensions, `${id}.Dimensions`, list) ?? []).map((entry) =>
    object(entry, id),
  );
  return {
    kind: 'metric',
    key: {
      namespace: text(metric.Namespace, `${id}.Namespace`),
      name: text(metric.MetricName, `${id}.MetricName`),
      dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [String(Name), String(Value)])),
    },
    statistic: text(metric.ExtendedStatistic ?? metric.Statistic, `${id}.Statistic`),
  };
}

function periodOf(
  properties: Readonly<Record<string, unknown>>,
  many: readonly unknown[] | undefined,
  id: string,
): number {
  if (!many) return number(properties.Period, `${id}.Period`);
  const stats = many.flatMap((entry) => object(entry, id).MetricStat ?? []);
  return number(object(stats[0], id).Period, `${id}.Period`);
}
