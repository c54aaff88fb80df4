/** Answers that another try may better. */
const PASSING: readonly number[] = [429, 500, 502, 503, 504];
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
/** A longer `Retry-After` is the caller's to wait for, not a call's. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/** Whether another try may better this answer. */
export function mayPass(status: number): boolean {
  return PASSING.includes(status);
}

/**
 * Milliseconds to wait before the next try, counted from 0; null to give up. Doubles from half a second with up to
 * half of it at random, so that many callers do not come back in step; never sooner than `Retry-After` says.
 */
export function waitBefore(
  retry: number,
  limit: number,
  retryAfterSeconds: number | null,
  random: () => number,
): number | null {
  if (retry >= limit) return null;
  const asked = (retryAfterSeconds ?? 0) * 1000;
  if (asked > LONGEST_RETRY_AFTER_MS) return null;
  const step = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** retry);
  return Math.max(asked, step / 2 + (step / 2) * random());
}

/** Reads `Retry-After`, seconds or an HTTP date (RFC 9110, section 10.2.3). Null if absent or nonsense. */
export function retryAfter(text: string | null, now: number): number | null {
  if (text === null) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const date = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - now) / 1000));
}
