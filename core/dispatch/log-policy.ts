import type { DeliveryLogMode } from '../../contract/delivery-log.ts';
import { FIRST_RUN } from '../../contract/messages.ts';
import type { DeliveryRow } from '../delivery.ts';

/** What a delivery log asks of those who write to it. */
export interface LogPolicy {
  /** Rows that are written together. */
  readonly gatherRows: number;
  /** How long a row may wait for others, in milliseconds. A crash forgets the rows that wait. */
  readonly gatherMs: number;
  /** Whether it keeps rows of deliveries that succeed at the first attempt. If not, nobody finds those again. */
  readonly keepsFirstSuccesses: boolean;
}

/** Rows that one batch write takes. */
const BATCH = 25;

/** The policy of each mode. Compact items get cheaper the more rows they hold, so `packed` waits longer for them. */
export const LOG_POLICIES: Readonly<Record<DeliveryLogMode, LogPolicy>> = {
  full: { gatherRows: BATCH, gatherMs: 30, keepsFirstSuccesses: true },
  packed: { gatherRows: 1_000, gatherMs: 250, keepsFirstSuccesses: true },
  failures: { gatherRows: BATCH, gatherMs: 30, keepsFirstSuccesses: false },
};

/** Whether a log with this policy keeps a row. */
export function keeps(policy: LogPolicy, row: DeliveryRow): boolean {
  return policy.keepsFirstSuccesses || row.status !== 'succeeded' || !isUneventful(row);
}

/**
 * Whether a row tells of a first attempt that came to its end without a failure: succeeded, skipped or cancelled.
 * Such a row is all there is to tell of its delivery, unless somebody sends that again.
 */
export function isUneventful({ attempt, run, trigger, status, result }: DeliveryRow): boolean {
  return (
    attempt === 1 &&
    run === FIRST_RUN &&
    trigger === 'schedule' &&
    (status === 'succeeded' || status === 'skipped' || status === 'cancelled') &&
    (result === null || (result.error === null && result.errorDetail === null))
  );
}
