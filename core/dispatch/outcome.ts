import type { SendOutcome } from './ports.ts';
import { retryAfterAt } from './retry-after.ts';

/** What an attempt means for its delivery. */
export type Outcome =
  | { readonly kind: 'succeeded' }
  /** Try again on the schedule, but not before `notBefore` (epoch milliseconds). */
  | { readonly kind: 'failed'; readonly notBefore: number | null }
  /** Never try again. */
  | { readonly kind: 'final'; readonly reason: '410' | 'blocked' };

/** Reads an answer, or its absence, as the API's status table says. */
export function outcomeOf(sent: SendOutcome, now: number): Outcome {
  if (sent.kind === 'unanswered') {
    return sent.error === 'blocked'
      ? { kind: 'final', reason: 'blocked' }
      : { kind: 'failed', notBefore: null };
  }
  if (sent.status >= 200 && sent.status < 300) return { kind: 'succeeded' };
  if (sent.status === 410) return { kind: 'final', reason: '410' };
  return { kind: 'failed', notBefore: retryAfterAt(sent.retryAfter, now) };
}
