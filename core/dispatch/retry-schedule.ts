import { DISPATCH } from '../../contract/limits.ts';

/** What decides when a failed delivery is tried again. */
export interface RetryQuestion {
  /** Delays in seconds, one per failed attempt. */
  readonly schedule: readonly number[];
  /** Attempts made in this run before the one that just failed: 0 after the first. */
  readonly step: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** What the endpoint asked for, in epoch milliseconds, or null. */
  readonly notBefore: number | null;
  /** A number in [0, 1) that spreads retries which failed together. */
  readonly chance: number;
}

/**
 * When to try again, in epoch milliseconds: the schedule's delay plus up to a quarter of it, never earlier, and
 * not before the endpoint asked for. Null when the schedule is used up.
 */
export function nextAttemptAt({ schedule, step, now, notBefore, chance }: RetryQuestion): number | null {
  const delay = schedule[step];
  if (delay === undefined) return null;
  const scheduled = Math.ceil(now + delay * 1000 * (1 + DISPATCH.maxJitter * chance));
  return Math.max(scheduled, notBefore ?? 0);
}
