import type { Trigger } from '../../contract/messages.ts';
import type { Log } from '../log.ts';
import { encodeMessage } from '../message.ts';
import type { MessageQueue } from '../queue.ts';
import { isOverruled } from './overruled.ts';
import { type Pending, sendAll } from './pending.ts';
import type { DeadLetterRecords, DeliveryLog } from './ports.ts';

export interface LettersDeps {
  readonly deliveryLog: DeliveryLog;
  readonly deadLetters: DeadLetterRecords;
  /** The queue `dead-letters`. */
  readonly deadLetterQueue: MessageQueue;
  readonly log: Log;
}

/** Attempts that may succeed while the delivery lies in the dead-letter queue; a redrive takes it out of there. */
export const REVIVING: readonly Trigger[] = ['manual', 'replay'];

/** Records and sends the letters of deliveries that are given up. */
export async function sendLetters(deps: LettersDeps, batch: readonly Pending[]): Promise<void> {
  const recorded = await Promise.all(batch.map((pending) => recordLetter(deps, pending)));
  const dead = batch.filter((_, i) => recorded[i]);
  await sendAll(deps.deadLetterQueue, dead, ({ settlement: { target, decision } }) =>
    decision.kind === 'dead'
      ? { body: encodeMessage(decision.letter, target.event.data), group: target.event.tenant }
      : null,
  );
}

async function recordLetter({ deliveryLog, deadLetters }: LettersDeps, pending: Pending): Promise<boolean> {
  const { target, decision } = pending.settlement;
  if (decision.kind !== 'dead') return false;
  try {
    pending.overruled = await isOverruled(deliveryLog, target, decision.row);
    if (!pending.overruled) await deadLetters.record(decision.letter, target.delivery);
    return !pending.overruled;
  } catch (cause) {
    pending.stuck = { cause };
    return false;
  }
}

/** A dead delivery that somebody sent by hand or replayed, and that was taken, is dead no more. */
export async function clearLetter(deps: LettersDeps, { settlement }: Pending): Promise<void> {
  const { target, row } = settlement;
  if (!REVIVING.includes(target.message.trigger) || row?.status !== 'succeeded') return;
  const { tenant } = target.event;
  try {
    await deps.deadLetters.remove({ tenant, delivery: target.delivery, attempt: row.attempt });
  } catch (cause) {
    deps.log.error('dispatch.clear-failed', { tenant, delivery: target.delivery }, cause);
  }
}
