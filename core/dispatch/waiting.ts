import type { Decision } from './decision.ts';
import type { ParkedDelivery } from './ports.ts';
import { heldAttempt, nextAttempt, type Target } from './target.ts';

/** Rounded up, because an attempt is never early; down for a reserved moment, which is waited for when it is near. */
export function inSeconds(delayMs: number, decision: Decision): number {
  const reserved = decision.kind === 'later' && decision.slotAt !== null;
  return reserved ? Math.floor(delayMs / 1000) : Math.ceil(delayMs / 1000);
}

/** The same for a target that waits on the queue of the slow lane. */
export function inSlowLane({ message, dueAt }: ParkedDelivery): ParkedDelivery {
  return { message: { ...message, held: { slow: true, slotAt: message.held?.slotAt ?? null } }, dueAt };
}

/** What a target waits for, and until when; null if it does not wait. */
export function waitingMessage(target: Target, decision: Decision): ParkedDelivery | null {
  if (decision.kind === 'retry') return { message: nextAttempt(target), dueAt: decision.dueAt };
  if (decision.kind !== 'later') return null;
  return {
    message: heldAttempt(target, { slow: false, slotAt: decision.slotAt }),
    dueAt: decision.dueAt,
  };
}
