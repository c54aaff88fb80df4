import type { Steps } from '../steps.ts';
import type { CharacterSet } from './character-set.ts';

/** Whether an assertion holds between two characters. */
export type Assertion = (text: string, at: number, steps: Steps) => boolean;

/** One state of the automaton, and where it goes on. */
export type Instruction =
  /** Takes one character (a code point). */
  | { readonly kind: 'character'; readonly set: CharacterSet; readonly next: number }
  /** Takes nothing, and goes on in two ways. */
  | { readonly kind: 'split'; readonly next: number; other: number }
  /** Takes nothing, and goes on if it holds. */
  | { readonly kind: 'assertion'; readonly holds: Assertion; readonly next: number }
  | { readonly kind: 'match' };

const LAST_GENERATION = 2 ** 32 - 1;

/**
 * A nondeterministic automaton, all of whose states are followed at once through the text (Thompson 1968): what it costs
 * is at most its states times the text's characters, and never more than the steps it is given.
 */
export class Program {
  readonly #code: readonly Instruction[];
  readonly #entry: number;
  readonly #backward: boolean;
  /** States that wait for the character at the position, and those that wait for the one behind it. */
  #here: Uint32Array;
  #there: Uint32Array;
  #count = 0;
  readonly #pending: Uint32Array;
  /** The generation in which a state was last reached; each position of each run is one. */
  readonly #reached: Uint32Array;
  #generation = 0;

  /** `backward`: the text is read from its end to its beginning, as a lookbehind does. */
  constructor(code: readonly Instruction[], entry: number, backward: boolean) {
    this.#code = code;
    this.#entry = entry;
    this.#backward = backward;
    this.#here = new Uint32Array(code.length);
    this.#there = new Uint32Array(code.length);
    this.#pending = new Uint32Array(code.length);
    this.#reached = new Uint32Array(code.length);
  }

  /** Whether it matches from this position on, or with `anywhere` from a later one. Throws `StepsUsedUp`. */
  matches(text: string, from: number, anywhere: boolean, steps: Steps): boolean {
    this.#begin();
    if (this.#reach(this.#entry, text, from, steps)) return true;
    for (let at = from; anywhere || this.#count > 0; ) {
      const character = this.#backward ? characterBefore(text, at) : text.codePointAt(at);
      if (character === undefined) return false;
      at += (character > 0xffff ? 2 : 1) * (this.#backward ? -1 : 1);
      const states = this.#here;
      const count = this.#count;
      this.#here = this.#there;
      this.#there = states;
      steps.spend(1 + count);
      this.#begin();
      for (let i = 0; i < count; i++) {
        const state = this.#code[states[i] ?? 0];
        if (state?.kind !== 'character' || !state.set.has(character)) continue;
        if (this.#reach(state.next, text, at, steps)) return true;
      }
      if (anywhere && this.#reach(this.#entry, text, at, steps)) return true;
    }
    return false;
  }

  /** Follows all that takes no character; true if that leads to a match. */
  #reach(entry: number, text: string, at: number, steps: Steps): boolean {
    let pending = this.#push(entry, 0);
    let spent = 0;
    while (pending > 0) {
      const pc = this.#pending[--pending] ?? 0;
      const state = this.#code[pc];
      spent++;
      if (state === undefined || state.kind === 'match') return true;
      if (state.kind === 'character') this.#here[this.#count++] = pc;
      else if (state.kind === 'split') pending = this.#push(state.next, this.#push(state.other, pending));
      else if (state.holds(text, at, steps)) pending = this.#push(state.next, pending);
    }
    steps.spend(spent);
    return false;
  }

  #push(pc: number, pending: number): number {
    if (this.#reached[pc] === this.#generation) return pending;
    this.#reached[pc] = this.#generation;
    this.#pending[pending] = pc;
    return pending + 1;
  }

  /** Nothing is reached yet at the position that comes. */
  #begin(): void {
    this.#count = 0;
    if (this.#generation === LAST_GENERATION) {
      this.#reached.fill(0);
      this.#generation = 0;
    }
    this.#generation++;
  }
}

/** The code point that ends at `at`; undefined at the beginning. */
export function characterBefore(text: string, at: number): number | undefined {
  if (at <= 0) return undefined;
  const pair = at >= 2 ? (text.codePointAt(at - 2) ?? 0) : 0;
  return pair > 0xffff ? pair : text.codePointAt(at - 1);
}
