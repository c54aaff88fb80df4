/** Raised when a piece of work has taken all the steps it was given. */
export class StepsUsedUp extends Error {
  override readonly name = 'StepsUsedUp';
}

/**
 * What a piece of work may cost, counted in steps of some ten nanoseconds. Unlike a time limit it ends the same work at
 * the same place on every machine, however busy.
 */
export class Steps {
  #left: number;

  constructor(limit: number) {
    this.#left = limit;
  }

  /** Takes so many steps. Throws `StepsUsedUp` when fewer are left. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new StepsUsedUp('the work takes more steps than it was given');
  }
}
