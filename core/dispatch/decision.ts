import type { DeadLetterMessage } from '../../contract/messages.ts';
import type { Random } from '../clock.ts';
import type { DeliveryRow } from '../delivery.ts';
import { retryScheduleOf, type Subscription } from '../subscription.ts';
import type { Attempt } from './attempt.ts';
import { nextAttemptAt } from './retry-schedule.ts';
import { deadLetter, deadReasonOf, rowOf, type Target } from './target.ts';

/** What is to be done after a row was written. */
export type Decision =
  | { readonly kind: 'done' }
  /** Make the next attempt at `dueAt` (epoch milliseconds), in the slow lane if that is where it belongs by now. */
  | { readonly kind: 'retry'; readonly dueAt: number; readonly slow: boolean }
  /** The schedule is used up, or never was to be followed; `row` says so. */
  | { readonly kind: 'dead'; readonly letter: DeadLetterMessage; readonly row: DeliveryRow }
  /** Nothing was sent: make the same attempt at `dueAt` (epoch milliseconds). Uses up nothing. */
  | { readonly kind: 'later'; readonly dueAt: number; readonly slotAt: number | null; readonly slow: boolean }
  /** Nothing was sent: make the same attempt in the slow lane. */
  | { readonly kind: 'slow-lane' };

/** A target's row with what follows from it; no row if it was written before. */
export interface Settlement {
  readonly target: Target;
  readonly row: DeliveryRow | null;
  readonly decision: Decision;
}

const DONE: Decision = { kind: 'done' };

/** Decides what an attempt leads to. `slow`: the subscription is in the slow lane. */
export function decide(
  target: Target,
  subscription: Subscription,
  { startedAt, endedAt, result, outcome }: Omit<Attempt, 'sent'>,
  random: Random,
  slow = false,
): Settlement {
  const say = (status: DeliveryRow['status'], reason: string | null, nextAttemptAt: number | null = null) =>
    rowOf(target, startedAt, { result, status, reason, nextAttemptAt });
  const giveUp = (reason: string): Settlement => {
    const row = say('failed', reason);
    const letter = deadLetter(target, endedAt, deadReasonOf(reason), result, target.request);
    return { target, row, decision: { kind: 'dead', letter, row } };
  };
  if (outcome.kind === 'succeeded') return { target, row: say('succeeded', null), decision: DONE };
  if (standsBeside(target)) return { target, row: say(null, null), decision: DONE };
  if (outcome.kind === 'final') return giveUp(outcome.reason);
  const dueAt = nextAttemptAt({
    schedule: retryScheduleOf(subscription),
    step: target.message.step,
    now: endedAt,
    notBefore: outcome.notBefore,
    chance: random.number(),
  });
  if (dueAt === null) return giveUp('exhausted');
  return { target, row: say('retrying', null, dueAt), decision: { kind: 'retry', dueAt, slow } };
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
  const row = rowOf(target, now, { result: null, status: 'failed', reason, nextAttemptAt: null });
  const letter = deadLetter(target, now, deadReasonOf(reason), null, 0);
  return { target, row, decision: { kind: 'dead', letter, row } };
}

/** An attempt that somebody asked for stands beside the schedule: unless it succeeds, it changes nothing. */
function standsBeside({ message }: Target): boolean {
  return message.trigger === 'manual' || message.trigger === 'test';
}
