import { FILTER } from '../../contract/limits.ts';

/** What a filter says of an event. `too-costly`: it would take more steps than it may. */
export type Verdict = 'match' | 'mismatch' | 'too-costly';

/** Raised by `take` when no steps are left; `compilePattern` makes a verdict of it. */
export class TooCostlyError extends Error {
  override readonly name = 'TooCostlyError';
}

/**
 * Counts what filters do with one event: a step is a value looked at, a condition tried, or a few characters compared.
 * Counts, not times, so that the same filter says the same of the same event wherever it runs.
 */
export class Steps {
  #taken: number;
  #limit = 0;

  /** `taken`: by filters that were asked before. */
  constructor(taken = 0) {
    this.#taken = taken;
  }

  /** Steps so far, over all filters. */
  get taken(): number {
    return this.#taken;
  }

  /** The next filter begins. It may take less once all of them together took much. */
  begin(): void {
    const may = this.#taken < FILTER.maxStepsOfEvent ? FILTER.maxSteps : FILTER.leastSteps;
    this.#limit = this.#taken + may;
  }

  /** Throws `TooCostlyError` if the filter has no more. */
  take(count: number): void {
    this.#taken += count;
    if (this.#taken > this.#limit) throw new TooCostlyError('a filter is too costly for an event');
  }
}
