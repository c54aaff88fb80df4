import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRICS, METRICS_NAMESPACE, type MetricName, type MetricSpec } from '../contract/metrics.ts';
import type { Meter } from '../core/meter.ts';

/**
 * Metrics as log lines in CloudWatch's embedded metric format, through Powertools, which writes past the console
 * that Lambda wraps, and starts a new line at 100 values of a metric. Counts are added up and of peaks the greatest is kept, so that an
 * invocation that made a thousand attempts writes a few lines.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export class EmfMeter implements Meter {
  readonly #metrics: Metrics;
  /** Counts and peaks of this invocation, by name and dimension. */
  readonly #gathered = new Map<string, Gathered>();

  /** `pipeline` tells pipelines of one account apart. */
  constructor(pipeline: string) {
    this.#metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: pipeline });
  }

  measure(name: MetricName, value: number, dimension?: string): void {
    const spec: MetricSpec = METRICS[name];
    if (spec.kind === 'distribution') {
      this.#metrics.addMetric(name, spec.unit, value);
      return;
    }
    const key = `${name} ${dimension ?? ''}`;
    const before = this.#gathered.get(key)?.value;
    const next = spec.kind === 'count' ? (before ?? 0) + value : Math.max(before ?? value, value);
    this.#gathered.set(key, { name, dimension, value: next });
  }

  publish(): void {
    for (const { name, dimension, value } of this.#gathered.values()) {
      const { unit, dimension: spec }: MetricSpec = METRICS[name];
      if (spec !== null && dimension !== undefined) {
        this.#metrics.singleMetric().addDimension(spec.name, dimension).addMetric(name, unit, value);
      } else {
        this.#metrics.addMetric(name, unit, value);
      }
    }
    this.#gathered.clear();
    if (this.#metrics.hasStoredMetrics()) this.#metrics.publishStoredMetrics();
  }
}

interface Gathered {
  readonly name: MetricName;
  readonly dimension: string | undefined;
  readonly value: number;
}
