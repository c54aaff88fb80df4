import type { METRICS, MetricName } from '../contract/metrics.ts';

/** The values a metric's dimension may take; never for a metric without one. */
type DimensionValue<Name extends MetricName> = (typeof METRICS)[Name]['dimension'] extends {
  readonly values: readonly (infer Value extends string)[];
}
  ? Value
  : never;

/** A metric's arguments: the value, and the dimension's value if the metric has one. */
type Measurement<Name extends MetricName> = [DimensionValue<Name>] extends [never]
  ? [value: number]
  : [value: number, dimension: DimensionValue<Name>];

/** Takes measurements, by the names of the catalogue only. */
export interface Meter {
  measure<Name extends MetricName>(name: Name, ...measurement: Measurement<Name>): void;
  /** Hands over what was measured since the last time; called at the end of each invocation. */
  publish(): void;
}

/** Measures nothing: for callers that do not care. */
export const noMeter: Meter = { measure: () => undefined, publish: () => undefined };
