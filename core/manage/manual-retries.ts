import { MANUAL_RETRY } from '../../contract/limits.ts';
import type { Delivery } from '../delivery-fold.ts';
import { Problem } from '../problem.ts';

/** A window of time in which retries of one delivery are counted. Times are epoch milliseconds. */
export interface RetryWindow {
  readonly tenant: string;
  readonly delivery: string;
  readonly since: number;
  readonly until: number;
}

/** Where retries by hand are counted. */
export interface ManualRetries {
  /** Counts one more; false, and nothing is counted, if the window has `most` already. */
  take(window: RetryWindow, most: number): Promise<boolean>;
}

/**
 * Counts a retry by hand. Throws a 429 `Problem` for too many at a time and a 409 for too many ever: without a bound,
 * whoever is called by a retry and asks for the next one would go on for ever.
 */
export async function countRetry(retries: ManualRetries, delivery: Delivery, now: number): Promise<void> {
  const { perWindow, windowSeconds, perDelivery } = MANUAL_RETRY;
  const made = delivery.attempts.filter(({ trigger }) => trigger === 'manual').length;
  if (made >= perDelivery) {
    throw new Problem('conflict', `This delivery was sent by hand ${perDelivery} times, which is the most.`);
  }
  const windowMs = windowSeconds * 1000;
  const since = now - (now % windowMs);
  const window = { tenant: delivery.tenant, delivery: delivery.id, since, until: since + windowMs };
  if (await retries.take(window, perWindow)) return;
  const seconds = Math.max(1, Math.ceil((window.until - now) / 1000));
  throw new Problem(
    'rate-limited',
    `A delivery can be sent by hand ${perWindow} times in ${windowSeconds / 60} minutes. Ask again in ${seconds} s.`,
    [],
    { 'retry-after': String(seconds) },
  );
}
