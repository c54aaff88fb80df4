import { CHOSEN_ID_PATTERN } from '../api-key.ts';
import { isEventType } from '../event-type.ts';
import { Problem } from '../problem.ts';
import { parseTime } from '../rfc3339.ts';

/** A 400 that names a query parameter. */
export function parameterFault(name: string, detail: string): Problem {
  return new Problem('invalid-request', `The parameter "${name}" ${detail}.`, [{ pointer: name, detail }]);
}

/** One of a few words; null if absent. Throws a 400 `Problem`. */
export function oneOf<T extends string>(
  name: string,
  text: string | undefined,
  words: readonly T[],
): T | null {
  if (text === undefined) return null;
  const word = words.find((known) => known === text);
  if (word === undefined) throw parameterFault(name, `must be one of ${words.join(', ')}`);
  return word;
}

/** An RFC 3339 time in epoch milliseconds; null if absent. Throws a 400 `Problem`. */
export function timeOf(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const time = parseTime(text);
  if (time === null)
    throw parameterFault(name, 'must be an RFC 3339 date and time, such as 2026-01-02T03:04:05Z');
  return Math.max(0, time);
}

/**
 * A stretch of time, `since` inclusive, `until` exclusive, in epoch milliseconds; null where it has no end. Throws a 400
 * `Problem`, also for one that is the wrong way round or empty.
 */
export function stretchOf({ since, until }: Readonly<Record<string, string>>): {
  readonly since: number | null;
  readonly until: number | null;
} {
  const from = timeOf('since', since);
  const to = timeOf('until', until);
  if (isBackwards(from, to)) throw parameterFault('since', BEFORE_UNTIL);
  return { since: from, until: to };
}

/** What every refusal of such a stretch says. */
export const BEFORE_UNTIL = 'must be before "until"';

/** Whether nothing can lie in a stretch of time. */
export function isBackwards(since: number | null, until: number | null): boolean {
  return since !== null && until !== null && since >= until;
}

/** An id of ours or of a caller's choosing; null if absent. Throws a 400 `Problem`. */
export function idOf(name: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!CHOSEN_ID_PATTERN.test(text)) throw parameterFault(name, 'must be an id');
  return text;
}

/** An id out of a path; null for text that is no id, which nothing has. Keeps over-long text from the tables. */
export function pathId(text: string | undefined): string | null {
  return text !== undefined && CHOSEN_ID_PATTERN.test(text) ? text : null;
}

/** An event type; null if absent. Throws a 400 `Problem`. */
export function typeOf(name: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!isEventType(text)) throw parameterFault(name, 'must be an event type');
  return text;
}
