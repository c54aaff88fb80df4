import type { DeliveryRow } from '../delivery.ts';
import { decidingRow } from '../delivery-fold.ts';
import { lastRequest, oneOfEach } from '../delivery-rows.ts';
import type { Decision, Settlement } from './decision.ts';
import { deadLetter, deadReasonOf, type Target } from './target.ts';

const DONE: Decision = { kind: 'done' };

/**
 * What is left to do for a target whose history is known. Null: make the attempt. Otherwise it was made, or
 * needs not be made, and only its decision may still have to be carried out.
 */
export function resume(target: Target, rows: readonly DeliveryRow[], now: number): Settlement | null {
  const { attempt, run } = target.message;
  const history = oneOfEach(rows);
  const own = history.find((row) => row.attempt === attempt && row.run === run);
  if (own) return { target, row: null, decision: unfinished(target, own, history, now) };
  // Its own row is late, or lost; but somebody made it, because the run went on from there.
  const isOvertaken = history.some((row) => row.run === run && row.attempt > attempt);
  return isOvertaken || isOver(target, history) ? { target, row: null, decision: DONE } : null;
}

/**
 * The row says what was decided; rows after it tell whether that was carried out. Manual attempts tell nothing:
 * they stand beside the schedule.
 */
function unfinished(target: Target, own: DeliveryRow, rows: readonly DeliveryRow[], now: number): Decision {
  if (own.status === 'retrying') {
    const wentOn = rows.some((row) => row.run === own.run && row.attempt > own.attempt);
    if (wentOn || isOver(target, rows)) return DONE;
    return { kind: 'retry', dueAt: Math.max(own.nextAttemptAt ?? now, now), slow: false };
  }
  if (own.status !== 'failed' || decidingRow(rows) !== own) return DONE;
  const letter = deadLetter(target, own.at, deadReasonOf(own.reason), own.result, lastRequest(rows));
  return { kind: 'dead', letter, row: own };
}

/**
 * Whether the delivery came to its end some other way. A success stands; of those that are older than the run only one
 * that still decides, because a replay sends again what ended before it began, and a redrive what died in a replay.
 * A cancellation does only while nothing came after it: a redrive that is late may cancel what an attempt of its own
 * has carried on meanwhile. An attempt that somebody asked for is always made.
 */
function isOver({ message }: Target, rows: readonly DeliveryRow[]): boolean {
  const { trigger, attempt, step } = message;
  if (trigger === 'manual' || trigger === 'test') return false;
  const began = trigger === 'schedule' ? 1 : attempt - step;
  const since = rows.filter((row) => row.attempt >= began);
  if (since.some(({ status }) => status === 'succeeded')) return true;
  const deciding = decidingRow(trigger === 'replay' ? since : rows)?.status;
  return deciding === 'succeeded' || deciding === 'cancelled';
}
