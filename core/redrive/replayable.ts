import type { DeliveryRow } from '../delivery.ts';
import { foldDelivery } from '../delivery-fold.ts';
import { lastAttempt } from '../delivery-rows.ts';
import type { LogPolicy } from '../dispatch/log-policy.ts';
import type { EventRecord } from '../event.ts';
import { mismatchWith } from '../fan-out/match-subscription.ts';
import { deliveryId } from '../id.ts';
import type { ListedEvent } from '../manage/event-reads.ts';
import type { ReplayRequest, Task } from '../task.ts';
import type { EventReplayDeps } from './event-replay.ts';
import type { ReplayedSubscription } from './ports.ts';

/** A delivery that a replay sends. */
export interface Replayable {
  readonly event: EventRecord;
  readonly subscription: string;
  readonly delivery: string;
  /** The highest attempt there is; 0: none. */
  readonly lastAttempt: number;
  /** Whether this task has sent it before, and died before it could say so. */
  readonly isSent: boolean;
}

/**
 * Younger events without a row may be on their way still: replaying those as missing would send them twice, to
 * no purpose. Older ones that the queue still holds are sent twice at worst.
 */
const ON_ITS_WAY_MS = 15 * 60_000;

/** An event as this replay would send it; null if it does not want it. */
export async function replayable(
  deps: Pick<EventReplayDeps, 'events' | 'deliveryLog'>,
  request: ReplayRequest,
  task: Task,
  subscription: ReplayedSubscription,
  listed: ListedEvent,
): Promise<Replayable | null> {
  const delivery = deliveryId(listed, subscription.id);
  const rows = await deps.deliveryLog.rowsOf({
    tenant: listed.tenant,
    event: listed.id,
    delivery,
    shards: listed.shards,
  });
  const before = rows.filter((row) => row.run !== task.id);
  if (
    before.length === 0 &&
    !isMissing(deps.deliveryLog.policy, request, subscription, listed, task.createdAt)
  )
    return null;
  if (before.length > 0 && !isWanted(request, before)) return null;
  const event = await deps.events.recordOf(listed);
  // Expired meanwhile; or the subscription never got it and would not get it today.
  if (event === null) return null;
  if (before.length === 0 && !interests(subscription, event)) return null;
  return {
    event,
    subscription: subscription.id,
    delivery,
    lastAttempt: lastAttempt(before),
    isSent: rows.length > before.length,
  };
}

/**
 * Whether an event without a row is wanted. In a log that keeps no first successes it counts as delivered, unless it
 * is older than the subscription.
 */
function isMissing(
  { keepsFirstSuccesses }: LogPolicy,
  { status }: ReplayRequest,
  subscription: ReplayedSubscription,
  event: ListedEvent,
  now: number,
): boolean {
  if (status === 'failed') return false;
  if (subscription.createdAt > event.acceptedAt) return true;
  if (status === 'missing' && !keepsFirstSuccesses) return false;
  return now - event.acceptedAt > ON_ITS_WAY_MS;
}

function isWanted({ status }: ReplayRequest, rows: readonly DeliveryRow[]): boolean {
  const is = foldDelivery(rows).status;
  if (status === 'failed') return is === 'failed';
  if (status === 'missing') return is === 'skipped' || is === 'cancelled' || is === 'pending';
  return is !== 'retrying';
}

/** Whether the subscription asks for it; in which state it is does not matter here. */
function interests(subscription: ReplayedSubscription, event: EventRecord): boolean {
  const reason = mismatchWith(event)(subscription);
  return reason === null || reason === 'paused' || reason === 'disabled' || reason === 'unverified';
}
