import { pointerTo } from '../ingest/event-fields.ts';
import type { Fault } from '../problem.ts';
import type { Subscription } from '../subscription.ts';
import { invalid } from './body.ts';
import { MASKED_VALUE, mergedHeaders, type SubscriptionChange } from './subscription-input.ts';

type Headers = Subscription['headers'];

/**
 * The headers after a PATCH. Members merge one by one, whatever the case of their names; null removes one, and the mask
 * that answers show leaves one as it is. If the URL leads to another origin, each has to be given again or removed:
 * whoever may change a URL could otherwise have the values, which are secrets, sent to a host of their own. Throws a
 * 400 `Problem`.
 */
export function mergeHeaders(
  before: Headers,
  input: SubscriptionChange['headers'],
  isMoved: boolean,
): Headers {
  if (input === null) return {};
  const given = Object.entries(input ?? {});
  const faults = [...unknownMasks(before, given), ...(isMoved ? notGivenAgain(before, input) : [])];
  if (faults.length > 0) {
    const detail = isMoved
      ? 'The URL leads to another scheme, host or port: give the values of the headers again, or null to drop them.'
      : 'The headers have faults.';
    throw invalid(detail, faults);
  }
  const merged = new Map(
    Object.entries(before).map(([name, value]) => [name.toLowerCase(), { name, value }]),
  );
  for (const [name, value] of given) {
    if (value === null) merged.delete(name.toLowerCase());
    else if (value !== MASKED_VALUE) merged.set(name.toLowerCase(), { name, value });
  }
  const headers = Object.fromEntries([...merged.values()].map(({ name, value }) => [name, value]));
  const checked = mergedHeaders.safeParse({ headers });
  if (checked.success) return headers;
  throw invalid('The headers have faults.', [
    { pointer: '/headers', detail: checked.error.issues[0]?.message ?? 'is not valid' },
  ]);
}

type Given = readonly (readonly [name: string, value: string | null])[];

/** Masks of headers that there are not. */
function unknownMasks(before: Headers, given: Given): readonly Fault[] {
  const known = new Set(Object.keys(before).map((name) => name.toLowerCase()));
  return given
    .filter(([name, value]) => value === MASKED_VALUE && !known.has(name.toLowerCase()))
    .map(([name]) => ({ pointer: pointerTo(name, '/headers'), detail: 'must be the value itself' }));
}

function notGivenAgain(before: Headers, input: SubscriptionChange['headers']): readonly Fault[] {
  const detail = 'must be given again, or null, because the URL leads to another scheme, host or port';
  const names = Object.keys(before);
  if (input === undefined || input === null) {
    return names.length === 0 ? [] : [{ pointer: '/headers', detail }];
  }
  const given = new Set(
    Object.entries(input).flatMap(([name, value]) => (value === MASKED_VALUE ? [] : [name.toLowerCase()])),
  );
  return names
    .filter((name) => !given.has(name.toLowerCase()))
    .map((name) => ({ pointer: pointerTo(name, '/headers'), detail }));
}
