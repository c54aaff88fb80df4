import type { DeadLetterMessage } from '../../contract/messages.ts';
import type { Random } from '../clock.ts';
import type { DeliveryRow } from '../delivery.ts';
import { retryScheduleOf, type Subscription } from '../subscription.ts';
import type { Attempt } from './attempt.ts';
import { nextAttemptAt } from './retry-schedule.ts';
import { deadLetter, rowOf, type Target } from './target.ts';

/** What is to be done after a row was written. */
export type Decision =
  | { readonly kind: 'done' }
  /** Make the next attempt at `dueAt` (epoch milliseconds). */
  | { readonly kind: 'retry'; readonly dueAt: number }
  | { readonly kind: 'dead'; readonly letter: DeadLetterMessage }
  /** Nothing was sent: make the same attempt at `dueAt` (epoch milliseconds). Uses up nothing. */
  | { readonly kind: 'later'; readonly dueAt: number; readonly slotAt: number | null }
  /** Nothing was sent: make the same attempt in the slow lane. */
  | { readonly kind: 'slow-lane' };

/** A target's row with what follows from it; no row if it was written before. */
export interface Settlement {
  readonly target: Target;
  readonly row: DeliveryRow | null;
  readonly decision: Decision;
}

const DONE: Decision = { kind: 'done' };

/** Decides what an attempt leads to. */
export function decide(
  target: Target,
  subscription: Subscription,
  { startedAt, endedAt, result, outcome }: Omit<Attempt, 'sent'>,
  random: Random,
): Settlement {
  const settle = (
    status: DeliveryRow['status'],
    reason: string | null,
    decision: Decision,
    dueAt: number | null = null,
  ): Settlement => ({
    target,
    row: rowOf(target, startedAt, { result, status, reason, nextAttemptAt: dueAt }),
    decision,
  });
  if (outcome.kind === 'succeeded') return settle('succeeded', null, DONE);
  if (standsBeside(target)) return settle(null, null, DONE);
  if (outcome.kind === 'final') {
    return settle('failed', outcome.reason, {
      kind: 'dead',
      letter: deadLetter(target, endedAt, 'final', result),
    });
  }
  const dueAt = nextAttemptAt({
    schedule: retryScheduleOf(subscription),
    step: target.message.step,
    now: endedAt,
    notBefore: outcome.notBefore,
    chance: random.number(),
  });
  if (dueAt !== null) return settle('retrying', null, { kind: 'retry', dueAt }, dueAt);
  return settle('failed', 'exhausted', {
    kind: 'dead',
    letter: deadLetter(target, endedAt, 'exhausted', result),
  });
}

/** The settlement of a target that nothing was sent to. */
export function withoutAttempt(
  target: Target,
  status: 'skipped' | 'cancelled',
  reason: string,
  now: number,
): Settlement {
  const said = standsBeside(target) ? null : status;
  const row = rowOf(target, now, { result: null, status: said, reason, nextAttemptAt: null });
  return { target, row, decision: DONE };
}

/** The settlement of a delivery that is given up before its first attempt. */
export function givenUp(target: Target, reason: string, now: number): Settlement {
  return {
    target,
    row: rowOf(target, now, { result: null, status: 'failed', reason, nextAttemptAt: null }),
    decision: { kind: 'dead', letter: deadLetter(target, now, 'final', null) },
  };
}

/** An attempt that somebody asked for stands beside the schedule: unless it succeeds, it changes nothing. */
function standsBeside({ message }: Target): boolean {
  return message.trigger === 'manual' || message.trigger === 'test';
}
