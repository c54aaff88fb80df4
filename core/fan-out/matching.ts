import type { FanOutProgress } from '../../contract/messages.ts';
import type { Event } from '../event.ts';
import type { FilterView } from './match-pattern.ts';
import { Steps } from './match-steps.ts';
import { interestsMetBy } from './match-type.ts';
import { type Filter, lazyView } from './subscription-filter.ts';

/** One event on its way past its tenant's subscriptions, in the order of their ids. */
export class Matching {
  /** The interests that the event meets; see `interestsMetBy`. */
  readonly interests: readonly string[];
  /** Whether it is known that a subscription's endpoint does not answer in time. */
  isSlow: (id: string) => boolean = () => false;
  readonly #view: () => FilterView;
  readonly #steps: Steps;
  readonly #targets: string[];
  readonly #costly: string[];
  #after: string | null;

  /** `progress`: what an earlier invocation came to. */
  constructor(event: Event, progress?: FanOutProgress) {
    this.interests = interestsMetBy(event.type);
    this.#view = lazyView(event);
    this.#steps = new Steps(progress?.steps);
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

  hasPassed(id: string): boolean {
    return this.#after !== null && id <= this.#after;
  }

  /** Passes a subscription, and all before it. `filter` tells whether it is for it; null: it is. */
  meet(id: string, filter: Filter | null): void {
    const verdict = filter === null ? 'match' : filter(this.#view, this.#steps);
    if (verdict === 'match') this.#targets.push(id);
    if (verdict === 'too-costly') this.#costly.push(id);
    this.#after = id;
  }

  /** Passes all up to this subscription, none of which it is for. */
  pass(id: string): void {
    if (!this.hasPassed(id)) this.#after = id;
  }
}
