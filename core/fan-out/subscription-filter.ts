import type { Event } from '../event.ts';
import type { SubscriptionInterest } from '../subscription.ts';
import { parsePattern } from './event-pattern.ts';
import { compilePattern, type FilterView, filterView } from './match-pattern.ts';
import type { Steps, Verdict } from './match-steps.ts';

/** What a subscription's filter says of an event. */
export type Filter = (view: () => FilterView, steps: Steps) => Verdict;

/**
 * Compiles a subscription's filter, or null for none. A filter that was stored and is not one any more is
 * `unreadable`: such a subscription must not get events that nobody says it wants.
 */
export function compileFilter(filter: SubscriptionInterest['filter']): Filter | null | 'unreadable' {
  if (filter === null) return null;
  const { pattern } = parsePattern(filter);
  if (pattern === undefined) return 'unreadable';
  const judge = compilePattern(pattern);
  return (view, steps) => judge(view(), steps);
}

/** An event as filters see it, its data read when the first of them asks, and once. */
export function lazyView(event: Event): () => FilterView {
  let view: FilterView | null = null;
  return () => {
    view ??= filterView(event);
    return view;
  };
}
