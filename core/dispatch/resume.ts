import type { DeliveryRow } from '../delivery.ts';
import type { Decision, Settlement } from './decision.ts';
import { deadLetter, type Target } from './target.ts';

/**
 * What is left to do for a target whose history is known. Null: make the attempt. Otherwise it was made, or
 * needs not be made, and only its decision may still have to be carried out.
 */
export function resume(target: Target, rows: readonly DeliveryRow[], now: number): Settlement | null {
  const { attempt, run, trigger } = target.message;
  const own = rows.find((row) => row.attempt === attempt && row.run === run);
  if (own) return { target, row: null, decision: unfinished(target, own, rows, now) };
  const scheduled = trigger === 'schedule' || trigger === 'redrive';
  const over = rows.some((row) => row.status === 'succeeded' || row.status === 'cancelled');
  return scheduled && over ? { target, row: null, decision: { kind: 'done' } } : null;
}

/** The row says what was decided; what comes after it says whether that was carried out. */
function unfinished(target: Target, own: DeliveryRow, rows: readonly DeliveryRow[], now: number): Decision {
  const later = rows.some((row) => row.attempt > own.attempt || row.at > own.at);
  if (later) return { kind: 'done' };
  if (own.status === 'retrying') return { kind: 'retry', dueAt: Math.max(own.nextAttemptAt ?? now, now) };
  if (own.status !== 'failed') return { kind: 'done' };
  const reason = own.reason === 'exhausted' ? 'exhausted' : 'final';
  return { kind: 'dead', letter: deadLetter(target, own.at, reason, own.result) };
}
