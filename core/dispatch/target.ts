import type { DeadLetterMessage, DeadReason, DeliveryMessage, Held } from '../../contract/messages.ts';
import type { AttemptResult, DeliveryRow, EventKey } from '../delivery.ts';
import type { Event } from '../event.ts';
import { deliveryId } from '../id.ts';

/** One delivery of a message: what dispatch works on. */
export interface Target {
  readonly message: DeliveryMessage;
  readonly event: Event;
  readonly subscription: string;
  readonly delivery: string;
  /** Which of the delivery's requests the attempt is, if it is made: `fanfare-attempt`. */
  readonly request: number;
}

/** The targets of a message. */
export function targetsOf(message: DeliveryMessage, data: string): readonly Target[] {
  const event: Event = { ...message.event, data };
  return message.targets.map((subscription) => targetOf(message, event, subscription));
}

/** One target of a message; all of them share one event. `request` as far as it is known: without skips it is the attempt. */
export function targetOf(
  message: DeliveryMessage,
  event: Event,
  subscription: string,
  request = message.attempt,
): Target {
  return { message, event, subscription, delivery: deliveryId(event, subscription), request };
}

/** Finds the rows of a message's targets in the log. */
export function eventKeyOf({ event, shards }: DeliveryMessage): EventKey {
  return { tenant: event.tenant, event: event.id, shards };
}

/** The log row of what just happened to a target. */
export function rowOf(
  { message, event, subscription, delivery, request }: Target,
  at: number,
  {
    result,
    status,
    reason,
    nextAttemptAt,
  }: Pick<DeliveryRow, 'result' | 'status' | 'reason' | 'nextAttemptAt'>,
): DeliveryRow {
  return {
    tenant: event.tenant,
    event: event.id,
    eventType: event.type,
    subscription,
    delivery,
    shards: message.shards,
    createdAt: event.acceptedAt,
    attempt: message.attempt,
    run: message.run,
    trigger: message.trigger,
    at,
    request: result === null ? null : request,
    status,
    reason,
    nextAttemptAt,
    result,
  };
}

/** The message that makes a target's next attempt. */
export function nextAttempt({ message, subscription }: Target): DeliveryMessage {
  const { held: _held, unasked: _unasked, ...rest } = message;
  return { ...rest, attempt: message.attempt + 1, step: message.step + 1, targets: [subscription] };
}

/** The message that makes a target's attempt after it was held back. */
export function heldAttempt({ message, subscription }: Target, held: Held): DeliveryMessage {
  return { ...message, targets: [subscription], held };
}

/** The message that makes the same attempt of some of a message's targets in the slow lane. */
export function inSlowLaneNow(message: DeliveryMessage, subscriptions: readonly string[]): DeliveryMessage {
  return { ...message, targets: subscriptions, held: { slow: true, slotAt: null } };
}

/** The message that makes the same attempt of some of a message's targets later. */
export function sameAttempt(message: DeliveryMessage, subscriptions: readonly string[]): DeliveryMessage {
  return { ...message, targets: subscriptions };
}

/** The same, for targets that may have been worked on: whoever gets it looks at their past first. */
export function sameAttemptLookedUp(
  message: DeliveryMessage,
  subscriptions: readonly string[],
): DeliveryMessage {
  return { ...message, targets: subscriptions, held: message.held ?? { slow: false, slotAt: null } };
}

/** The same, for targets whose hosts could not be looked up once more. */
export function sameAttemptUnasked(
  message: DeliveryMessage,
  subscriptions: readonly string[],
): DeliveryMessage {
  const { unasked = 0 } = message;
  return { ...sameAttemptLookedUp(message, subscriptions), unasked: unasked + 1 };
}

/** What a letter says of a delivery whose row says `reason`. */
export function deadReasonOf(reason: string | null): DeadReason {
  return reason === 'exhausted' || reason === 'filter-too-costly' ? reason : 'final';
}

/** The letter of a delivery that is given up after so many requests. */
export function deadLetter(
  { message, subscription }: Target,
  at: number,
  reason: DeadReason,
  last: AttemptResult | null,
  requests: number,
): DeadLetterMessage {
  const { subscriptionCreatedAt: _created, ...rest } = message;
  return {
    ...rest,
    targets: [subscription],
    dead: { at, reason, lastStatus: last?.status ?? null, lastError: last?.error ?? null, requests },
  };
}
