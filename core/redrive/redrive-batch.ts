import { SQS } from '../../contract/limits.ts';
import type { Clock } from '../clock.ts';
import type { DeliveryRow } from '../delivery.ts';
import { decidingRow } from '../delivery-fold.ts';
import type { DeliveryLog } from '../dispatch/ports.ts';
import { eventKeyOf } from '../dispatch/target.ts';
import { encodeMessage } from '../message.ts';
import { type MessageQueue, QueueSendError } from '../queue.ts';
import type { Task } from '../task.ts';
import { type OpenedLetter, redriveRow, secondLife } from './opened-letter.ts';
import type { DeadLetterIndex, DeadLetterQueue, SubscriptionExistence } from './ports.ts';

export interface RedriveBatchDeps {
  readonly letters: DeadLetterQueue;
  readonly index: DeadLetterIndex;
  readonly subscriptions: SubscriptionExistence;
  readonly deliveryLog: DeliveryLog;
  /** The queue `deliveries`. */
  readonly deliveries: MessageQueue;
  readonly clock: Clock;
}

/** What became of a batch of letters. */
export interface RedrivenBatch {
  readonly sent: number;
  readonly dropped: number;
  readonly nextSendAt: number;
  /** Receipts of letters that stay in the queue. */
  readonly left: readonly string[];
  /** What kept some of them from being dealt with; null if nothing did. */
  readonly error: unknown;
}

/** A letter that is about to be laid to rest, with the row that says why; null if the log says it already. */
interface Ending {
  readonly opened: OpenedLetter;
  readonly row: DeliveryRow | null;
}

/**
 * Deals with received letters that a redrive wants, at most `most` of them. For each: send it (or find that it
 * cannot be sent), write its row, remove its record, delete the letter, in this order, so that a crash anywhere
 * repeats and never loses. A letter whose record is gone was dealt with before: it is only deleted. So is that of a
 * delivery another worker succeeded with, when a queue handed its message out twice.
 */
export async function redriveBatch(
  deps: RedriveBatchDeps,
  task: Task,
  ratePerSecond: number,
  wanted: readonly OpenedLetter[],
  most: number,
): Promise<RedrivenBatch> {
  const dead = await deps.index.stillDead(wanted);
  const stale = wanted.filter((opened) => !dead.includes(opened));
  const chosen = oncePerDelivery(dead).slice(0, most);
  const [existing, succeeded] = await Promise.all([
    existingSubscriptions(deps, task.tenant, chosen),
    thoseThatSucceeded(deps, chosen),
  ]);
  const sendable = chosen.filter(
    (opened) => existing.has(opened.target.subscription) && opened.data !== '' && !succeeded.has(opened),
  );
  const sending = await send(deps, task, ratePerSecond, sendable);
  const now = deps.clock.now();
  const drops = chosen
    .filter((opened) => !sendable.includes(opened))
    .map((opened) => (succeeded.has(opened) ? { opened, row: null } : dropOf(task, opened, now)));
  const rested = await layToRest(deps, [...sending.accepted, ...drops]);
  const gone = new Set(rested.rested.map(({ delivery }) => delivery));
  const done = wanted.filter((opened) => stale.includes(opened) || gone.has(opened.delivery));
  const deletion = await outcomeOf(deps.letters.delete(done.map(({ receipt }) => receipt)));
  return {
    sent: sending.accepted.filter(({ opened }) => rested.rested.includes(opened)).length,
    dropped: drops.filter(({ opened }) => rested.rested.includes(opened)).length,
    nextSendAt: sending.nextSendAt,
    left: wanted.filter((opened) => !done.includes(opened)).map(({ receipt }) => receipt),
    error: sending.error ?? rested.error ?? deletion,
  };
}

/** SQS may hand out two copies of a letter at once. */
function oncePerDelivery(letters: readonly OpenedLetter[]): readonly OpenedLetter[] {
  return [...new Map(letters.map((opened) => [opened.delivery, opened])).values()];
}

async function existingSubscriptions(
  { subscriptions }: RedriveBatchDeps,
  tenant: string,
  letters: readonly OpenedLetter[],
): Promise<ReadonlySet<string>> {
  if (letters.length === 0) return new Set();
  return subscriptions.existing(tenant, [...new Set(letters.map(({ target }) => target.subscription))]);
}

async function thoseThatSucceeded(
  { deliveryLog }: RedriveBatchDeps,
  letters: readonly OpenedLetter[],
): Promise<ReadonlySet<OpenedLetter>> {
  const histories = await Promise.all(
    letters.map(({ target, delivery }) => deliveryLog.rowsOf({ ...eventKeyOf(target.message), delivery })),
  );
  return new Set(letters.filter((_, i) => decidingRow(histories[i] ?? [])?.status === 'succeeded'));
}

/** Puts the deliveries on the queue, each with a slot at the asked pace. */
async function send(
  { clock, deliveries }: RedriveBatchDeps,
  task: Task,
  ratePerSecond: number,
  letters: readonly OpenedLetter[],
): Promise<{ accepted: readonly Ending[]; nextSendAt: number; error: unknown }> {
  const now = clock.now();
  const first = Math.max(task.nextSendAt, now);
  const slotOf = (position: number): number => Math.round(first + (position * 1000) / ratePerSecond);
  const endings = letters.map((opened, i) => ({
    opened,
    row: redriveRow(opened, task.id, now, {
      status: 'retrying',
      reason: 'redrive',
      nextAttemptAt: slotOf(i),
    }),
  }));
  const nextSendAt = slotOf(letters.length);
  if (letters.length === 0) return { accepted: [], nextSendAt, error: null };
  try {
    await deliveries.send(
      letters.map((opened, i) => ({
        body: encodeMessage(secondLife(opened, task.id), opened.data),
        delaySeconds: Math.min(SQS.maxDelaySeconds, Math.floor((slotOf(i) - now) / 1000)),
        group: opened.letter.event.tenant,
      })),
    );
    return { accepted: endings, nextSendAt, error: null };
  } catch (error) {
    if (!(error instanceof QueueSendError)) throw error;
    return { accepted: endings.filter((_, i) => !error.failed.includes(i)), nextSendAt, error };
  }
}

/** The end of a delivery that cannot be sent: its subscription is gone, or the event was before the letter came to be. */
function dropOf(task: Task, opened: OpenedLetter, now: number): Ending {
  const fields =
    opened.data === ''
      ? { status: 'failed' as const, reason: 'event expired' }
      : { status: 'cancelled' as const, reason: 'subscription deleted' };
  return { opened, row: redriveRow(opened, task.id, now, { ...fields, nextAttemptAt: null }) };
}

/** Writes the rows, then removes the records. Answers whose record is gone. */
async function layToRest(
  { deliveryLog, index }: RedriveBatchDeps,
  endings: readonly Ending[],
): Promise<{ rested: readonly OpenedLetter[]; error: unknown }> {
  if (endings.length === 0) return { rested: [], error: null };
  const written = await outcomeOf(deliveryLog.append(endings.flatMap(({ row }) => row ?? [])));
  if (written !== null) return { rested: [], error: written };
  const removals = await Promise.all(endings.map(({ opened }) => outcomeOf(index.remove(opened))));
  return {
    rested: endings.flatMap(({ opened }, i) => (removals[i] === null ? [opened] : [])),
    error: removals.find((error) => error !== null) ?? null,
  };
}

/** Null if it went well, else the error. */
async function outcomeOf(work: Promise<void>): Promise<unknown> {
  const [result] = await Promise.allSettled([work]);
  return result.status === 'rejected' ? (result.reason ?? new Error('failed without a reason')) : null;
}
