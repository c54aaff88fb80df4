import { parseExactJson } from '../../core/exact-number.ts';
import { parsePattern } from '../../core/fan-out/event-pattern.ts';
import { compilePattern, filterView, type Matcher } from '../../core/fan-out/match-pattern.ts';
import { Steps } from '../../core/fan-out/match-steps.ts';
import { typeMatches } from '../../core/fan-out/match-type.ts';
import { jsonFault } from '../data/json-text.ts';

/** What a subscription asks for, as somebody is writing it, and an event to try it on. */
export interface Sample {
  /** JSON text; empty for no filter. */
  readonly filter: string;
  /** None: all types. */
  readonly eventTypes: readonly string[];
  readonly type: string;
  /** JSON text. */
  readonly data: string;
}

/** `sent`: such an event would be. `kept`: it would not, and why. `unready`: what cannot be read yet. */
export type Verdict =
  | { readonly kind: 'sent' }
  | { readonly kind: 'kept'; readonly by: 'type' | 'filter' | 'filter-too-costly' }
  | { readonly kind: 'unready'; readonly what: string };

/** Judges by the very code that fan-out decides with, so that the form and the pipeline can't disagree. */
export function judgeSample({ filter, eventTypes, type, data }: Sample): Verdict {
  if (jsonFault(data) !== null) return { kind: 'unready', what: 'The sample is not valid JSON yet' };
  const matches = matcherOf(filter);
  if (typeof matches === 'string') return { kind: 'unready', what: matches };
  const named = eventTypes.length === 0 || eventTypes.some((interest) => typeMatches(interest, type));
  if (!named) return { kind: 'kept', by: 'type' };
  const view = filterView({ type, subject: null, metadata: {}, data });
  switch (matches(view, new Steps())) {
    case 'match':
      return { kind: 'sent' };
    case 'mismatch':
      return { kind: 'kept', by: 'filter' };
    case 'too-costly':
      return { kind: 'kept', by: 'filter-too-costly' };
  }
}

function matcherOf(filter: string): Matcher | string {
  if (filter.trim() === '') return () => 'match';
  if (jsonFault(filter) !== null) return 'The filter is not valid JSON yet';
  const { pattern, faults } = parsePattern(parseExactJson(filter));
  if (pattern !== undefined) return compilePattern(pattern);
  return faults
    .map(({ pointer, detail }) => `${pointer === '' ? 'The filter' : pointer} ${detail}`)
    .join('. ');
}
