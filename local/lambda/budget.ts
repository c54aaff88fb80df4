/** Gives an environment up if there is one that can be spared, and tells whether it did. */
export type Spare = () => boolean;

/**
 * How many environments all functions together may have beyond the first of each. A first one needs nobody's leave,
 * so that no function waits for another.
 */
export class Budget {
  readonly #max: number;
  readonly #spares = new Set<Spare>();
  #used = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get max(): number {
    return this.#max;
  }

  /** How many can be taken without asking anybody. */
  get left(): number {
    return Math.max(0, this.#max - this.#used);
  }

  /** `spare` is asked when another function needs an environment and none is left. */
  join(spare: Spare): void {
    this.#spares.add(spare);
  }

  /** Takes one; false if there is none and nobody can spare one. */
  take(): boolean {
    if (this.#used >= this.#max && ![...this.#spares].some((spare) => spare())) return false;
    this.#used++;
    return true;
  }

  give(): void {
    this.#used--;
  }
}
