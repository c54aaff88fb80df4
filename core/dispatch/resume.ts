import type { DeliveryRow } from '../delivery.ts';
import { decidingRow } from '../delivery-fold.ts';
import type { Decision, Settlement } from './decision.ts';
import { deadLetter, type Target } from './target.ts';

const DONE: Decision = { kind: 'done' };

/**
 * What is left to do for a target whose history is known. Null: make the attempt. Otherwise it was made, or
 * needs not be made, and only its decision may still have to be carried out.
 */
export function resume(target: Target, rows: readonly DeliveryRow[], now: number): Settlement | null {
  const { attempt, run } = target.message;
  const own = rows.find((row) => row.attempt === attempt && row.run === run);
  if (own) return { target, row: null, decision: unfinished(target, own, rows, now) };
  return isOver(target, rows) ? { target, row: null, decision: DONE } : null;
}

/**
 * The row says what was decided; rows after it tell whether that was carried out. Manual attempts tell nothing:
 * they stand beside the schedule.
 */
function unfinished(target: Target, own: DeliveryRow, rows: readonly DeliveryRow[], now: number): Decision {
  if (own.status === 'retrying') {
    const wentOn = rows.some((row) => row.run === own.run && row.attempt > own.attempt);
    if (wentOn || isOver(target, rows)) return DONE;
    return { kind: 'retry', dueAt: Math.max(own.nextAttemptAt ?? now, now) };
  }
  if (own.status !== 'failed' || decidingRow(rows) !== own) return DONE;
  const reason = own.reason === 'exhausted' ? 'exhausted' : 'final';
  return { kind: 'dead', letter: deadLetter(target, own.at, reason, own.result) };
}

/**
 * Whether the delivery came to its end some other way. A success stands. A cancellation does only while nothing
 * came after it: a redrive that is late may cancel what an attempt of its own has carried on meanwhile. A replay
 * sends again what ended before it began; an attempt that somebody asked for is always made.
 */
function isOver({ message }: Target, rows: readonly DeliveryRow[]): boolean {
  if (message.trigger === 'manual' || message.trigger === 'test') return false;
  const began = message.trigger === 'replay' ? message.attempt - message.step : 1;
  const since = rows.filter(({ attempt }) => attempt >= began);
  if (since.some(({ status }) => status === 'succeeded')) return true;
  return decidingRow(since)?.status === 'cancelled';
}
