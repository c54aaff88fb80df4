import type { DeadLetterMessage, DeliveryMessage } from '../../contract/messages.ts';
import type { DeliveryRow } from '../delivery.ts';
import { rowOf, type Target, targetsOf } from '../dispatch/target.ts';
import { decodeDeadLetterMessage } from '../message.ts';
import type { LetterFacts } from './match-dead-letter.ts';
import type { DeadDelivery, ReceivedLetter } from './ports.ts';

/** A dead letter taken apart, with the death it tells of. */
export interface OpenedLetter extends DeadDelivery {
  readonly letter: DeadLetterMessage;
  /** The event's data; '' if the event had expired before the letter was written. */
  readonly data: string;
  readonly target: Target;
  readonly receipt: string;
}

/** Reads a letter. Throws `MessageFormatError`. */
export function openLetter({ body, receipt }: ReceivedLetter): OpenedLetter {
  const { header: letter, data } = decodeDeadLetterMessage(body);
  const [target] = targetsOf(letter, data);
  if (target === undefined) throw new Error('a decoded message has a target');
  const { tenant } = letter.event;
  return { tenant, delivery: target.delivery, attempt: letter.attempt, letter, data, target, receipt };
}

export function factsOf({ letter: { event, dead, run }, target }: OpenedLetter): LetterFacts {
  return {
    tenant: event.tenant,
    subscription: target.subscription,
    eventType: event.type,
    createdAt: event.acceptedAt,
    deadAt: dead.at,
    run,
  };
}

/** The message that sends a dead delivery again: the same event and delivery, a fresh run of the schedule. */
export function secondLife({ letter, target }: OpenedLetter, run: string): DeliveryMessage {
  return {
    v: 1,
    event: letter.event,
    shards: letter.shards,
    attempt: letter.attempt + 1,
    step: 0,
    run,
    trigger: 'redrive',
    targets: [target.subscription],
  };
}

/**
 * The log row that says what a redrive did with a delivery. It stands at the attempt the delivery died from and begins
 * a run there, so that it overrules the failure, and whatever a new attempt records, even before this row is written,
 * overrules it.
 */
export function redriveRow(
  { target }: OpenedLetter,
  run: string,
  at: number,
  fields: Pick<DeliveryRow, 'status' | 'reason' | 'nextAttemptAt'>,
): DeliveryRow {
  return { ...rowOf(target, at, { ...fields, result: null }), run, trigger: 'redrive' };
}
