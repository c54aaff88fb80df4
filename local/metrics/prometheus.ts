import { Counter, Gauge, Registry, Summary } from 'prom-client';
import {
  METRICS,
  METRICS_NAMESPACE,
  type MetricName,
  type MetricSpec,
  type MetricUnit,
} from '../../contract/metrics.ts';
import type { MetricKey } from './store.ts';

/** What CloudWatch counts by itself, as far as it is shown here. */
const OF_AWS: Readonly<Record<string, Omit<MetricSpec, 'stage' | 'dimension'>>> = {
  Invocations: { unit: 'Count', kind: 'count', question: 'How often did a function run?' },
  Errors: { unit: 'Count', kind: 'count', question: 'How often did a function fail?' },
  Duration: { unit: 'Milliseconds', kind: 'distribution', question: 'How long does a function run?' },
  Count: { unit: 'Count', kind: 'count', question: 'How many requests does the API get?' },
  '4xx': { unit: 'Count', kind: 'count', question: 'How many did it refuse?' },
  '5xx': { unit: 'Count', kind: 'count', question: 'How many did it fail at?' },
  ApproximateNumberOfMessagesVisible: { unit: 'Count', kind: 'peak', question: 'How many messages wait?' },
  ApproximateNumberOfMessagesNotVisible: {
    unit: 'Count',
    kind: 'peak',
    question: 'How many messages are in flight?',
  },
  ApproximateNumberOfMessagesDelayed: {
    unit: 'Count',
    kind: 'peak',
    question: 'How many messages are delayed?',
  },
  ApproximateAgeOfOldestMessage: {
    unit: 'Seconds',
    kind: 'peak',
    question: 'How old is the oldest message?',
  },
};

const SUFFIX: Readonly<Record<MetricUnit, string>> = {
  Count: '',
  Milliseconds: '_milliseconds',
  Seconds: '_seconds',
};
/** Dimensions whose value says nothing here: there is one pipeline and one API. */
const SILENT = new Set(['service', 'ApiId']);

/** The same metrics as CloudWatch gets, in Prometheus' text format. */
export class Prometheus {
  readonly #registry = new Registry();
  readonly #known = new Map<string, (labels: Record<string, string>, value: number) => void>();
  readonly #nameOf: (resource: string) => string;

  /** `nameOf` gives functions and queues the name that people know them by. */
  constructor(nameOf: (resource: string) => string) {
    this.#nameOf = nameOf;
  }

  record({ namespace, name, dimensions }: MetricKey, values: readonly number[]): void {
    const spec = namespace === METRICS_NAMESPACE ? METRICS[name as MetricName] : OF_AWS[name];
    if (!spec) return;
    const labels = Object.fromEntries(
      Object.entries(dimensions)
        .filter(([dimension]) => !SILENT.has(dimension))
        .map(([dimension, value]) => [LABELS[dimension] ?? dimension.toLowerCase(), this.#nameOf(value)]),
    );
    const take = this.#taker(namespace, name, spec, Object.keys(labels));
    for (const value of values) take(labels, value);
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #taker(
    namespace: string,
    name: string,
    { kind, unit, question }: Pick<MetricSpec, 'kind' | 'unit' | 'question'>,
    labelNames: string[],
  ) {
    const key = `${namespace}/${name}`;
    const known = this.#known.get(key);
    if (known) return known;
    const base = `fanfare_${PREFIX[namespace] ?? ''}${snake(name)}${SUFFIX[unit]}`;
    const options = { help: question, labelNames, registers: [this.#registry] };
    const taker = {
      count: () => {
        const counter = new Counter({ ...options, name: `${base}_total` });
        return (labels: Record<string, string>, value: number) => counter.inc(labels, value);
      },
      distribution: () => {
        const summary = new Summary({
          ...options,
          name: base,
          percentiles: [0.5, 0.95, 0.99],
          maxAgeSeconds: 300,
          ageBuckets: 5,
        });
        return (labels: Record<string, string>, value: number) => summary.observe(labels, value);
      },
      peak: () => {
        const gauge = new Gauge({ ...options, name: base });
        return (labels: Record<string, string>, value: number) => gauge.set(labels, value);
      },
    }[kind]();
    this.#known.set(key, taker);
    return taker;
  }
}

const PREFIX: Readonly<Record<string, string>> = {
  'AWS/Lambda': 'function_',
  'AWS/SQS': 'queue_',
  'AWS/ApiGateway': 'api_',
};
const LABELS: Readonly<Record<string, string>> = { FunctionName: 'function', QueueName: 'queue' };

function snake(name: string): string {
  return name
    .replace(/^Approximate(NumberOf)?/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toLowerCase();
}
