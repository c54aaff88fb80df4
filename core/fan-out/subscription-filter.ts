import type { Event } from '../event.ts';
import type { SubscriptionInterest } from '../subscription.ts';
import { parsePattern } from './event-pattern.ts';
import { compilePattern, type FilterView, filterView } from './match-pattern.ts';

/** Whether an event passes a subscription's filter. */
export type Filter = (view: () => FilterView) => boolean;

/**
 * Compiles a subscription's filter, or null for none. A filter that was stored and is not one any more is
 * `unreadable`: such a subscription must not get events that nobody says it wants.
 */
export function compileFilter(filter: SubscriptionInterest['filter']): Filter | null | 'unreadable' {
  if (filter === null) return null;
  const { pattern } = parsePattern(filter);
  if (pattern === undefined) return 'unreadable';
  const matches = compilePattern(pattern);
  return (view) => matches(view());
}

/** An event as filters see it, its data read when the first of them asks, and once. */
export function lazyView(event: Event): () => FilterView {
  let view: FilterView | null = null;
  return () => {
    view ??= filterView(event);
    return view;
  };
}
