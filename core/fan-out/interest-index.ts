import type { Event } from '../event.ts';
import type { SubscriptionInterest } from '../subscription.ts';
import { Steps, type Verdict } from './match-steps.ts';
import { interestsMetBy } from './match-type.ts';
import { compileFilter, type Filter, lazyView } from './subscription-filter.ts';

/** Subscriptions by what their filters say of an event. */
export interface Matched {
  /** Those to send it to. */
  readonly targets: readonly string[];
  /** Those whose filter is too costly for it. */
  readonly costly: readonly string[];
}

interface Entry {
  readonly id: string;
  /** Null: no filter. */
  readonly filter: Filter | null;
}

/**
 * A tenant's subscriptions by what they ask for, so that the cost of an event grows with those it may be for and
 * not with all there are. Paused and disabled ones are in it too: their deliveries are recorded as skipped.
 */
export class InterestIndex {
  /** How many subscriptions it holds. */
  readonly size: number;
  /** Subscriptions whose filter cannot be read; they match nothing. */
  readonly unreadable: readonly string[];
  readonly #byInterest: ReadonlyMap<string, readonly Entry[]>;

  constructor(interests: readonly SubscriptionInterest[]) {
    const byInterest = new Map<string, Entry[]>();
    const unreadable: string[] = [];
    for (const { id, eventTypes, filter } of interests) {
      const compiled = compileFilter(filter);
      if (compiled === 'unreadable') unreadable.push(id);
      else for (const interest of new Set(eventTypes)) add(byInterest, interest, { id, filter: compiled });
    }
    this.size = interests.length;
    this.unreadable = unreadable;
    this.#byInterest = byInterest;
  }

  /** The subscriptions that an event is for, each once however many of its patterns fit. */
  match(event: Event): Matched {
    const view = lazyView(event);
    const steps = new Steps();
    const verdicts = new Map<string, Verdict>();
    for (const interest of interestsMetBy(event.type)) {
      for (const { id, filter } of this.#byInterest.get(interest) ?? []) {
        if (!verdicts.has(id)) verdicts.set(id, filter === null ? 'match' : filter(view, steps));
      }
    }
    const idsOf = (wanted: Verdict): readonly string[] =>
      [...verdicts].flatMap(([id, verdict]) => (verdict === wanted ? [id] : []));
    return { targets: idsOf('match'), costly: idsOf('too-costly') };
  }
}

function add(byInterest: Map<string, Entry[]>, interest: string, entry: Entry): void {
  const entries = byInterest.get(interest);
  if (entries) entries.push(entry);
  else byInterest.set(interest, [entry]);
}
