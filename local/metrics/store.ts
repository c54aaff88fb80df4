/** What a metric is called, as CloudWatch has it. */
export interface MetricKey {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** A point of a graph: when its period began, in epoch milliseconds, and its value. */
export type Point = readonly [at: number, value: number];

/** How long values are kept. */
export const KEPT_MS = 3_600_000;
/** Values of one second that percentiles are computed from; more than that are counted only. */
const KEPT_VALUES = 2_000;

interface Second {
  readonly at: number;
  readonly values: number[];
  count: number;
  sum: number;
  least: number;
  greatest: number;
}

interface Series {
  readonly key: MetricKey;
  readonly seconds: Second[];
}

/** Keeps what was measured during the last hour, and answers as CloudWatch would: a statistic over a time. */
export class MetricStore {
  readonly #series = new Map<string, Series>();
  readonly #told: (key: MetricKey, values: readonly number[]) => void;

  /** `told` hears of everything that is recorded. */
  constructor(told: (key: MetricKey, values: readonly number[]) => void = () => undefined) {
    this.#told = told;
  }

  record(key: MetricKey, values: readonly number[], at: number): void {
    this.#told(key, values);
    const series = this.#of(key);
    const start = Math.floor(at / 1000) * 1000;
    let second = series.seconds.at(-1);
    if (!second || second.at < start) {
      second = {
        at: start,
        values: [],
        count: 0,
        sum: 0,
        least: Number.POSITIVE_INFINITY,
        greatest: Number.NEGATIVE_INFINITY,
      };
      series.seconds.push(second);
      while ((series.seconds[0]?.at ?? start) < start - KEPT_MS) series.seconds.shift();
    }
    for (const value of values) {
      second.count++;
      second.sum += value;
      second.least = Math.min(second.least, value);
      second.greatest = Math.max(second.greatest, value);
      if (second.values.length < KEPT_VALUES) second.values.push(value);
    }
  }

  /** All metrics there are values of. */
  keys(): readonly MetricKey[] {
    return [...this.#series.values()].map(({ key }) => key);
  }

  /** A statistic (`Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, `p99`) over [from, to); null for no data. */
  statistic(key: MetricKey, name: string, from: number, to: number): number | null {
    const seconds =
      this.#series.get(idOf(key))?.seconds.filter(({ at }) => at >= floor(from) && at < to) ?? [];
    if (seconds.length === 0) return null;
    const count = total(seconds, (second) => second.count);
    const sum = total(seconds, (second) => second.sum);
    if (name === 'Sum') return sum;
    if (name === 'SampleCount') return count;
    if (name === 'Average') return sum / count;
    if (name === 'Minimum') return Math.min(...seconds.map(({ least }) => least));
    if (name === 'Maximum') return Math.max(...seconds.map(({ greatest }) => greatest));
    const [, percent] = /^p(\d+(?:\.\d+)?)$/.exec(name) ?? [];
    if (percent === undefined) throw new Error(`there is no statistic ${name}`);
    return percentile(
      seconds.flatMap(({ values }) => values),
      Number(percent) / 100,
    );
  }

  /** A statistic of each period in [from, to); periods without data are left out. */
  points(key: MetricKey, name: string, periodMs: number, from: number, to: number): readonly Point[] {
    const points: Point[] = [];
    for (let at = Math.floor(from / periodMs) * periodMs; at < to; at += periodMs) {
      const value = this.statistic(key, name, at, at + periodMs);
      if (value !== null) points.push([at, value]);
    }
    return points;
  }

  #of(key: MetricKey): Series {
    const id = idOf(key);
    const known = this.#series.get(id);
    if (known) return known;
    const made = { key, seconds: [] };
    this.#series.set(id, made);
    return made;
  }
}

function idOf({ namespace, name, dimensions }: MetricKey): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
}

function floor(at: number): number {
  return Math.floor(at / 1000) * 1000;
}

function total(seconds: readonly Second[], of: (second: Second) => number): number {
  return seconds.reduce((sum, second) => sum + of(second), 0);
}

/** Nearest rank. */
function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
