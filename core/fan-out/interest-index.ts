import type { Event } from '../event.ts';
import type { SubscriptionInterest } from '../subscription.ts';
import { interestsMetBy } from './match-type.ts';
import { compileFilter, type Filter, lazyView } from './subscription-filter.ts';

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

  /** Ids of the subscriptions that an event is for, each once however many of its patterns fit. */
  match(event: Event): readonly string[] {
    const view = lazyView(event);
    const matched = new Set<string>();
    for (const interest of interestsMetBy(event.type)) {
      for (const entry of this.#byInterest.get(interest) ?? []) {
        if (matched.has(entry.id)) continue;
        if (entry.filter === null || entry.filter(view)) matched.add(entry.id);
      }
    }
    return [...matched];
  }
}

function add(byInterest: Map<string, Entry[]>, interest: string, entry: Entry): void {
  const entries = byInterest.get(interest);
  if (entries) entries.push(entry);
  else byInterest.set(interest, [entry]);
}
