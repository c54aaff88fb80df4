import type { Event } from '../event.ts';
import { parseExactJson } from '../exact-number.ts';
import type { SubscriptionInterest } from '../subscription.ts';
import { type Pattern, parsePattern } from './event-pattern.ts';
import { compilePattern, type FilterView, filterView } from './match-pattern.ts';
import type { Steps, Verdict } from './match-steps.ts';
import { bytesOfPattern } from './pattern-memory.ts';

/** What a subscription's filter says of an event. */
export type Filter = (view: () => FilterView, steps: Steps) => Verdict;

/** A filter, read. */
export interface CompiledFilter {
  /**
   * Null: it was stored and is no filter any more, say after a rollback. Such a subscription must not get events that
   * nobody says it wants.
   */
  readonly filter: Filter | null;
  /** About how much memory it takes. */
  readonly bytes: number;
}

const UNREADABLE: CompiledFilter = { filter: null, bytes: 0 };

/** Compiles a subscription's filter. */
export function compileFilter(filter: NonNullable<SubscriptionInterest['filter']>): CompiledFilter {
  const { pattern } = parsePattern(filter);
  return pattern === undefined ? UNREADABLE : compiled(pattern);
}

/** The same, of a filter as it is stored. */
export function compileStoredFilter(text: string): CompiledFilter {
  try {
    return compileFilter(parseExactJson(text) as NonNullable<SubscriptionInterest['filter']>);
  } catch (cause) {
    if (cause instanceof SyntaxError) return UNREADABLE;
    throw cause;
  }
}

function compiled(pattern: Pattern): CompiledFilter {
  const judge = compilePattern(pattern);
  return { filter: (view, steps) => judge(view(), steps), bytes: bytesOfPattern(pattern) };
}

/** An event as filters see it, its data read when the first of them asks, and once; `onRead` is told then. */
export function lazyView(event: Event, onRead?: (data: string) => void): () => FilterView {
  let view: FilterView | null = null;
  const read = (): FilterView => {
    const { type, subject, metadata, data } = event;
    onRead?.(data);
    return filterView({ type, subject, metadata, data });
  };
  return () => {
    view ??= read();
    return view;
  };
}
