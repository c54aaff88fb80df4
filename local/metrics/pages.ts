import { METRICS, METRICS_NAMESPACE, type MetricName, type MetricSpec } from '../../contract/metrics.ts';
import { NEVER_KEPT, type RawRequest, type RawResponse } from '../http/payload.ts';
import type { Prometheus } from './prometheus.ts';
import type { MetricKey, MetricStore, Point } from './store.ts';

const SPAN_MS = 15 * 60_000;
const STEP_MS = 5_000;
/** Percentiles of a distribution; of a count there is the sum, of a peak the greatest. */
const STATISTICS = { count: ['Sum'], distribution: ['p50', 'p95', 'p99'], peak: ['Maximum'] } as const;

/** One line of a chart. */
export interface MetricSeries {
  readonly name: string;
  /** Value of the metric's dimension, or null. */
  readonly value: string | null;
  readonly unit: string;
  readonly question: string;
  readonly statistic: string;
  readonly points: readonly Point[];
}

/** Answers GET and HEAD of `/metrics` (Prometheus' text format) and of `/metrics.json` (the last quarter of an hour, for charts). */
export class MetricPages {
  readonly #store: MetricStore;
  readonly #prometheus: Prometheus;

  constructor(store: MetricStore, prometheus: Prometheus) {
    this.#store = store;
    this.#prometheus = prometheus;
  }

  async answer({ method }: RawRequest, path: string): Promise<RawResponse | null> {
    if (path !== '/metrics' && path !== '/metrics.json') return null;
    if (method !== 'GET' && method !== 'HEAD') return null;
    if (path === '/metrics') return respond(this.#prometheus.contentType, await this.#prometheus.text());
    return respond('application/json', JSON.stringify({ stepMs: STEP_MS, series: this.#series(Date.now()) }));
  }

  #series(now: number): readonly MetricSeries[] {
    const own = this.#store.keys().filter(({ namespace }) => namespace === METRICS_NAMESPACE);
    return own.flatMap((key) => {
      const spec: MetricSpec = METRICS[key.name as MetricName];
      return STATISTICS[spec.kind].map(
        (statistic): MetricSeries => ({
          name: key.name,
          value: dimensionOf(key, spec),
          unit: spec.unit,
          question: spec.question,
          statistic,
          points: this.#store.points(key, statistic, STEP_MS, now - SPAN_MS, now),
        }),
      );
    });
  }
}

function dimensionOf({ dimensions }: MetricKey, { dimension }: MetricSpec): string | null {
  return dimension === null ? null : (dimensions[dimension.name] ?? null);
}

function respond(contentType: string, text: string): RawResponse {
  return {
    status: 200,
    headers: { 'content-type': contentType, ...NEVER_KEPT },
    body: Buffer.from(text),
  };
}
