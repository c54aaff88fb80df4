import type { Steps } from '../steps.ts';

/** Which members and elements of a value some schema has looked at, for `unevaluatedProperties` and `unevaluatedItems`. */
export class Evaluated {
  readonly #names = new Set<string>();
  readonly #indexes = new Set<number>();
  /** All elements before this one. */
  #before = 0;

  addName(name: string): void {
    this.#names.add(name);
  }

  addIndex(index: number): void {
    this.#indexes.add(index);
  }

  /** All elements before this one. */
  addBefore(index: number): void {
    this.#before = Math.max(this.#before, index);
  }

  hasName(name: string): boolean {
    return this.#names.has(name);
  }

  hasIndex(index: number): boolean {
    return index < this.#before || this.#indexes.has(index);
  }

  /** Takes over what another schema has looked at. Throws `StepsUsedUp`. */
  add(other: Evaluated, steps: Steps): void {
    steps.spend(other.#names.size + other.#indexes.size);
    for (const name of other.#names) this.#names.add(name);
    for (const index of other.#indexes) this.#indexes.add(index);
    this.addBefore(other.#before);
  }
}
