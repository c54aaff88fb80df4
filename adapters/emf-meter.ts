import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRICS, METRICS_NAMESPACE, type MetricName, type MetricSpec } from '../contract/metrics.ts';
import type { Meter } from '../core/meter.ts';

/** Values of one metric that one line may hold. */
const MAX_VALUES = 100;

/**
 * Metrics as log lines in CloudWatch's embedded metric format, through Powertools, which writes past the console
 * that Lambda wraps. Counts are added up, of peaks the greatest is kept and distributions are lists, so that an
 * invocation that made a thousand attempts writes a few lines.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export class EmfMeter implements Meter {
  readonly #metrics: ListedMetrics;
  /** Counts and peaks of this invocation, by name and dimension. */
  readonly #gathered = new Map<string, Gathered>();
  readonly #distributions = new Map<MetricName, number[]>();

  /** `pipeline` tells pipelines of one account apart. */
  constructor(pipeline: string) {
    this.#metrics = new ListedMetrics({ namespace: METRICS_NAMESPACE, serviceName: pipeline });
  }

  measure(name: MetricName, value: number, dimension?: string): void {
    const { kind }: MetricSpec = METRICS[name];
    if (kind === 'distribution') {
      const values = this.#distributions.get(name);
      if (values) values.push(value);
      else this.#distributions.set(name, [value]);
      return;
    }
    const key = dimension === undefined ? name : `${name} ${dimension}`;
    const gathered = this.#gathered.get(key);
    if (!gathered) this.#gathered.set(key, { name, dimension, value });
    else if (kind === 'count') gathered.value += value;
    else gathered.value = Math.max(gathered.value, value);
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
    for (let from = 0; this.#addDistributions(from) || this.#metrics.hasStoredMetrics(); from += MAX_VALUES)
      this.#metrics.publishStoredMetrics();
    this.#distributions.clear();
  }

  /** Adds of each distribution as many values as a line may hold; answers whether there were any. */
  #addDistributions(from: number): boolean {
    let any = false;
    for (const [name, values] of this.#distributions) {
      const some = values.slice(from, from + MAX_VALUES);
      if (some.length === 0) continue;
      this.#metrics.addValues(name, METRICS[name].unit, some);
      any = true;
    }
    return any;
  }
}

interface Gathered {
  readonly name: MetricName;
  readonly dimension: string | undefined;
  value: number;
}

/**
 * Takes the values of a metric as a list. Powertools takes one at a time and copies those before it each time, which
 * in a busy dispatch came to an eighth of all processor time.
 */
class ListedMetrics extends Metrics {
  readonly #lists = new Map<string, readonly number[]>();

  /** Adds at most `MAX_VALUES` values, and at least one. */
  addValues(name: MetricName, unit: MetricSpec['unit'], values: readonly number[]): void {
    this.addMetric(name, unit, values[0] ?? 0);
    if (values.length > 1) this.#lists.set(name, values);
  }

  /** What `publishStoredMetrics` prints. */
  override serializeMetrics(): ReturnType<Metrics['serializeMetrics']> {
    const line = { ...super.serializeMetrics(), ...Object.fromEntries(this.#lists) };
    this.#lists.clear();
    return line;
  }
}
