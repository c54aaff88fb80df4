import type { FanOutProgress } from '../../contract/messages.ts';
import type { Event } from '../event.ts';
import type { FilterView } from './match-pattern.ts';
import { Steps } from './match-steps.ts';
import { interestsMetBy } from './match-type.ts';
import { type Filter, lazyView } from './subscription-filter.ts';

/** Steps that reading a character of an event's data takes. The slowest numbers take a little longer. */
const READING = 4;

/** One event on its way past its tenant's subscriptions, in the order of their ids. */
export class Matching {
  /** The interests that the event meets; see `interestsMetBy`. */
  readonly interests: readonly string[];
  /** Whether it is known that a subscription's endpoint does not answer in time. */
  isSlow: (id: string) => boolean = () => false;
  readonly #view: () => FilterView;
  /** What reading its data counts, until that is done. */
  #unread: number;
  readonly #steps: Steps;
  #work: number;
  #isThrough = false;
  readonly #targets: string[];
  readonly #costly: string[];
  #after: string | null;

  /** `progress`: what an earlier invocation came to. */
  constructor(event: Event, progress?: FanOutProgress) {
    this.interests = interestsMetBy(event.type);
    this.#view = lazyView(event);
    this.#unread = event.data.length * READING;
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

  /** Work done for it in this run: steps of filters, subscriptions met, and characters read. */
  get work(): number {
    return this.#work + this.#steps.taken;
  }

  /** Whether it has passed all there are. */
  get isThrough(): boolean {
    return this.#isThrough;
  }

  hasPassed(id: string): boolean {
    return this.#after !== null && id <= this.#after;
  }

  /** Passes a subscription, and all before it. `filter` tells whether it is for it; null: it is. */
  meet(id: string, filter: Filter | null): void {
    this.#work++;
    if (filter !== null) {
      this.#work += this.#unread;
      this.#unread = 0;
    }
    const verdict = filter === null ? 'match' : filter(this.#view, this.#steps);
    if (verdict === 'match') this.#targets.push(id);
    if (verdict === 'too-costly') this.#costly.push(id);
    this.#after = id;
  }

  /** Counts characters of a filter that were read for it. */
  read(characters: number): void {
    this.#work += characters;
  }

  /** Nothing is left to pass. */
  end(): void {
    this.#isThrough = true;
  }

  /** Passes all up to this subscription, none of which it is for. */
  pass(id: string): void {
    if (!this.hasPassed(id)) this.#after = id;
  }
}
