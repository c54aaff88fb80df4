import type { FanOutProgress } from '../../contract/messages.ts';
import type { Event } from '../event.ts';
import { isReadSlowly } from '../exact-number.ts';
import type { FilterView } from './match-pattern.ts';
import { Steps } from './match-steps.ts';
import { interestsMetBy } from './match-type.ts';
import { type Filter, lazyView } from './subscription-filter.ts';

/** What takes as long as a step of a filter, some 40 ns: reading a character of an event's data… */
const READING = 1;
/** …or a tenth of one where the data may have numbers that no double holds. */
const READING_SLOWLY = 10;

/** One event on its way past its tenant's subscriptions, in the order of their ids. */
export class Matching {
  /** The interests that the event meets; see `interestsMetBy`. */
  readonly interests: readonly string[];
  /** Whether it is known that a subscription's endpoint does not answer in time. */
  isSlow: (id: string) => boolean = () => false;
  readonly #view: () => FilterView;
  readonly #steps: Steps;
  #work: number;
  #isThrough = false;
  #isResting = false;
  readonly #targets: string[];
  readonly #costly: string[];
  #after: string | null;

  /** `progress`: what an earlier invocation came to. */
  constructor(event: Event, progress?: FanOutProgress) {
    this.interests = interestsMetBy(event.type);
    this.#view = lazyView(event, (data) => {
      this.#work += data.length * (isReadSlowly(data) ? READING_SLOWLY : READING);
    });
    this.#steps = new Steps(progress?.steps);
    this.#work = -this.#steps.taken;
    this.#targets = [...(progress?.targets ?? [])];
    this.#costly = [...(progress?.costly ?? [])];
    this.#after = progress?.after ?? null;
  }

  /** Subscriptions to send it to. */
  get targets(): readonly string[] {
    return this.#targets;
  }

  /** Subscriptions whose filter is too costly for it. */
  get costly(): readonly string[] {
    return this.#costly;
  }

  /** The last subscription that it has passed; null: none yet. */
  get after(): string | null {
    return this.#after;
  }

  /** Steps that all filters took together. */
  get steps(): number {
    return this.#steps.taken;
  }

  /** Work done for it in this run, in steps; see `FAN_OUT.maxStepsOfRun`. */
  get work(): number {
    return this.#work + this.#steps.taken;
  }

  /** Whether it has passed all there are. */
  get isThrough(): boolean {
    return this.#isThrough;
  }

  /** Whether it stays where it is; see `rest`. */
  get isResting(): boolean {
    return this.#isResting;
  }

  /** Whether it has nothing to do with a subscription any more. */
  hasPassed(id: string): boolean {
    return this.#isResting || (this.#after !== null && id <= this.#after);
  }

  /** Passes a subscription, and all before it. `filter` tells whether it is for it; null: it is. */
  meet(id: string, filter: Filter | null): void {
    this.#work++;
    const verdict = filter === null ? 'match' : filter(this.#view, this.#steps);
    if (verdict === 'match') this.#targets.push(id);
    if (verdict === 'too-costly') this.#costly.push(id);
    this.#after = id;
  }

  /** Counts work that others do for it, in steps. */
  took(work: number): void {
    this.#work += work;
  }

  /** Nothing is left to pass, if it was not left behind. */
  end(): void {
    if (!this.#isResting) this.#isThrough = true;
  }

  /** It takes no further part in this run, and passes no more. */
  rest(): void {
    this.#isResting = true;
  }

  /** Passes all up to this subscription, none of which it is for. */
  pass(id: string): void {
    if (!this.hasPassed(id)) this.#after = id;
  }
}
