import { SQS } from '../../contract/limits.ts';
import type { DeliveryMessage } from '../../contract/messages.ts';
import type { Clock } from '../clock.ts';
import type { DeliveryRow } from '../delivery.ts';
import type { DeliveryLog } from '../dispatch/ports.ts';
import { envelopeOf } from '../event.ts';
import { encodeMessage } from '../message.ts';
import { type MessageQueue, QueueSendError } from '../queue.ts';
import type { Task } from '../task.ts';
import type { Replayable } from './replayable.ts';

export interface ReplayBatchDeps {
  readonly deliveryLog: DeliveryLog;
  /** The queue `deliveries`. */
  readonly deliveries: MessageQueue;
  readonly clock: Clock;
}

/** What became of a batch. */
export interface ReplayedBatch {
  /** How many are on their way; 0 if the batch has to be done again, when those that are tell by their rows. */
  readonly count: number;
  readonly nextSendAt: number | null;
  /** What kept some from being sent; null if nothing did. */
  readonly error: unknown;
}

/**
 * Puts deliveries on the queue, each with a slot at the asked pace, then writes the rows that say so: a worker that
 * dies in between sends them again, and dispatch tells the copy by its attempt and run.
 */
export async function replayBatch(
  { deliveryLog, deliveries, clock }: ReplayBatchDeps,
  task: Task,
  ratePerSecond: number,
  found: readonly Replayable[],
): Promise<ReplayedBatch> {
  const now = clock.now();
  const first = Math.max(task.nextSendAt, now);
  const slotOf = (position: number): number => Math.round(first + (position * 1000) / ratePerSecond);
  const unsent = found.filter(({ isSent }) => !isSent);
  if (unsent.length === 0) return { count: found.length, nextSendAt: null, error: null };
  const messages = unsent.map((one, i) => ({
    body: encodeMessage(messageOf(one, task.id), one.event.data),
    delaySeconds: Math.min(SQS.maxDelaySeconds, Math.floor((slotOf(i) - now) / 1000)),
    group: one.event.tenant,
  }));
  const nextSendAt = slotOf(unsent.length);
  try {
    await deliveries.send(messages);
    await deliveryLog.append(unsent.map((one) => rowOf(one, task.id, now)));
    return { count: found.length, nextSendAt, error: null };
  } catch (error) {
    if (!(error instanceof QueueSendError)) return { count: 0, nextSendAt, error };
    const accepted = unsent.filter((_, i) => !error.failed.includes(i));
    await deliveryLog.append(accepted.map((one) => rowOf(one, task.id, now)));
    return { count: 0, nextSendAt, error };
  }
}

function messageOf({ event, subscription, lastAttempt }: Replayable, run: string): DeliveryMessage {
  return {
    v: 1,
    event: envelopeOf(event),
    shards: event.shards,
    attempt: lastAttempt + 1,
    step: 0,
    run,
    trigger: 'replay',
    targets: [subscription],
  };
}

/** Says that the task has sent it, and nothing of what the delivery is: that is for its attempts to say. */
function rowOf(
  { event, subscription, delivery, lastAttempt }: Replayable,
  run: string,
  at: number,
): DeliveryRow {
  return {
    tenant: event.tenant,
    event: event.id,
    eventType: event.type,
    subscription,
    delivery,
    shards: event.shards,
    createdAt: event.acceptedAt,
    attempt: lastAttempt,
    run,
    trigger: 'replay',
    at,
    request: null,
    result: null,
    status: null,
    reason: 'replay',
    nextAttemptAt: null,
  };
}
