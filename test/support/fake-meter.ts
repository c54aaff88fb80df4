import type { MetricName } from '../../contract/metrics.ts';
import type { Meter } from '../../core/meter.ts';

/** A meter that adds up what it is told. */
export class FakeMeter implements Meter {
  /** How often it was told that an invocation is over. */
  published = 0;
  readonly #sums = new Map<string, number>();

  measure(name: MetricName, ...measurement: readonly unknown[]): void {
    const [value, dimension] = measurement;
    const key = dimension === undefined ? name : `${name} ${dimension}`;
    this.#sums.set(key, this.sum(key) + Number(value));
  }

  publish(): void {
    this.published++;
  }

  /** The sum of a metric, by `Name` or `Name dimension`. */
  sum(key: string): number {
    return this.#sums.get(key) ?? 0;
  }

  /** Everything measured. */
  get sums(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#sums);
  }
}
