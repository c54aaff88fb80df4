import type { DeadLetterMessage } from '../../contract/messages.ts';
import type { Random } from '../clock.ts';
import type { AttemptResult, DeliveryRow } from '../delivery.ts';
import { retryScheduleOf, type Subscription } from '../subscription.ts';
import type { Outcome } from './outcome.ts';
import { nextAttemptAt } from './retry-schedule.ts';
import { deadLetter, rowOf, type Target } from './target.ts';

/** What is to be done after a row was written. */
export type Decision =
  | { readonly kind: 'done' }
  /** Make the next attempt at `dueAt` (epoch milliseconds). */
  | { readonly kind: 'retry'; readonly dueAt: number }
  | { readonly kind: 'dead'; readonly letter: DeadLetterMessage };

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
  result: AttemptResult,
  outcome: Outcome,
  now: number,
  random: Random,
): Settlement {
  const settle = (
    status: DeliveryRow['status'],
    reason: string | null,
    decision: Decision,
    dueAt: number | null = null,
  ): Settlement => ({
    target,
    row: rowOf(target, now, { result, status, reason, nextAttemptAt: dueAt }),
    decision,
  });
  if (outcome.kind === 'succeeded') return settle('succeeded', null, DONE);
  // An attempt somebody asked for stands beside the schedule: its failure changes nothing.
  if (target.message.trigger === 'manual' || target.message.trigger === 'test')
    return settle(null, null, DONE);
  if (outcome.kind === 'final') {
    return settle('failed', outcome.reason, {
      kind: 'dead',
      letter: deadLetter(target, now, 'final', result),
    });
  }
  const dueAt = nextAttemptAt({
    schedule: retryScheduleOf(subscription),
    step: target.message.step,
    now,
    notBefore: outcome.notBefore,
    chance: random.number(),
  });
  if (dueAt !== null) return settle('retrying', null, { kind: 'retry', dueAt }, dueAt);
  return settle('failed', 'exhausted', {
    kind: 'dead',
    letter: deadLetter(target, now, 'exhausted', result),
  });
}

/** The settlement of a target that nothing was sent to. */
export function withoutAttempt(
  target: Target,
  status: 'skipped' | 'cancelled',
  reason: string,
  now: number,
): Settlement {
  const row = rowOf(target, now, { result: null, status, reason, nextAttemptAt: null });
  return { target, row, decision: DONE };
}
