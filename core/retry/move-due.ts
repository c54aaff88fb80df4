import { SQS } from '../../contract/limits.ts';
import type { DeadLetterMessage } from '../../contract/messages.ts';
import type { Clock } from '../clock.ts';
import { isOverruled } from '../dispatch/overruled.ts';
import type { DeadLetterRecords, DeliveryLog } from '../dispatch/ports.ts';
import { deadLetter, rowOf, targetsOf } from '../dispatch/target.ts';
import { encodeMessage } from '../message.ts';
import { type MessageQueue, type OutgoingMessage, QueueSendError } from '../queue.ts';
import { type DueDelivery, type EventData, eventKey } from './ports.ts';

export interface MoveDeps {
  readonly events: EventData;
  /** The queue `deliveries`. */
  readonly deliveries: MessageQueue;
  readonly deliveryLog: DeliveryLog;
  readonly deadLetters: DeadLetterRecords;
  /** The queue `dead-letters`. */
  readonly deadLetterQueue: MessageQueue;
  readonly clock: Clock;
}

/** Which rows were dealt with and may be removed, and what kept the others, if some are left. */
export interface Moved {
  readonly sent: readonly DueDelivery[];
  /** Nothing is left to send, because their event is no longer on record: ended as failed deliveries, if they had a say. */
  readonly ended: readonly DueDelivery[];
  readonly failures: readonly unknown[];
}

/** Puts due deliveries on the queue, each with its event's data and the time that is left until it is due. */
export async function moveDue(deps: MoveDeps, rows: readonly DueDelivery[]): Promise<Moved> {
  const data = await deps.events.dataOf(rows.map((row) => row.message.event));
  const present: { row: DueDelivery; body: string }[] = [];
  const gone: DueDelivery[] = [];
  const dropped: DueDelivery[] = [];
  for (const row of rows) {
    const text = data.get(eventKey(row.message.event));
    if (text !== undefined) present.push({ row, body: encodeMessage(row.message, text) });
    // What was asked for by hand stands beside the schedule: that it can't be made says nothing of the delivery.
    else if (row.message.trigger === 'manual') dropped.push(row);
    else gone.push(row);
  }
  const now = deps.clock.now();
  const send = await accepted(
    deps.deliveries,
    present.map(({ row, body }) => ({
      body,
      delaySeconds: secondsUntil(row.dueAt, now),
      group: row.message.event.tenant,
    })),
  );
  const end = await endWithoutEvent(deps, gone, now);
  return {
    sent: present.flatMap(({ row }, i) => (send.failed.has(i) ? [] : [row])),
    ended: [...dropped, ...gone.filter((_, i) => !end.failed.has(i))],
    failures: [...send.causes, ...end.causes],
  };
}

/** Whole seconds from now until a delivery is due: rounded up, because an attempt is never early. */
function secondsUntil(dueAt: number, now: number): number {
  return Math.min(SQS.maxDelaySeconds, Math.max(0, Math.ceil((dueAt - now) / 1000)));
}

/**
 * Ends deliveries whose event is past its retention, so that there is nothing to send: visibly, with a row, a
 * record and a letter without data, in the order dispatch has. A redrive drops such a letter. A delivery that another
 * worker succeeded with, when a queue handed its message out twice, has its end.
 */
async function endWithoutEvent(deps: MoveDeps, rows: readonly DueDelivery[], now: number): Promise<Sent> {
  if (rows.length === 0) return NOTHING_FAILED;
  const ends = await Promise.all(rows.map((row) => endOf(deps, row, now)));
  const failed = new Set(ends.flatMap((end, i) => (end.kind === 'stuck' ? [i] : [])));
  const causes = ends.flatMap((end) => (end.kind === 'stuck' ? [end.cause] : []));
  const letters = ends.flatMap((end, i) => (end.kind === 'dead' ? [{ letter: end.letter, row: i }] : []));
  const sent = await accepted(
    deps.deadLetterQueue,
    letters.map(({ letter }) => ({ body: encodeMessage(letter, ''), group: letter.event.tenant })),
  );
  const unsent = letters.flatMap(({ row }, i) => (sent.failed.has(i) ? [row] : []));
  return { failed: new Set([...failed, ...unsent]), causes: [...causes, ...sent.causes] };
}

type End =
  | { readonly kind: 'dead'; readonly letter: DeadLetterMessage }
  | { readonly kind: 'over' }
  | { readonly kind: 'stuck'; readonly cause: unknown };

/** Puts the end of one delivery on record. */
async function endOf(deps: MoveDeps, { message }: DueDelivery, now: number): Promise<End> {
  const [target] = targetsOf(message, '');
  if (target === undefined) return { kind: 'over' };
  const letter = deadLetter(target, now, 'final', null, target.request - 1);
  const said = { result: null, status: 'failed', reason: 'event expired', nextAttemptAt: null } as const;
  const row = rowOf(target, now, said);
  try {
    await deps.deliveryLog.append([row]);
    if (await isOverruled(deps.deliveryLog, target, row)) return { kind: 'over' };
    await deps.deadLetters.record(letter, target.delivery);
    return { kind: 'dead', letter };
  } catch (cause) {
    return { kind: 'stuck', cause };
  }
}

/** Positions of messages that a queue did not take, and why. */
interface Sent {
  readonly failed: ReadonlySet<number>;
  readonly causes: readonly unknown[];
}

const NOTHING_FAILED: Sent = { failed: new Set(), causes: [] };

async function accepted(queue: MessageQueue, messages: readonly OutgoingMessage[]): Promise<Sent> {
  if (messages.length === 0) return NOTHING_FAILED;
  try {
    await queue.send(messages);
    return NOTHING_FAILED;
  } catch (cause) {
    if (!(cause instanceof QueueSendError)) throw cause;
    return { failed: new Set(cause.failed), causes: [cause] };
  }
}
