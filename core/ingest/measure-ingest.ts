import { REFUSAL_REASONS, type RefusalReason } from '../../contract/metrics.ts';
import type { Meter } from '../meter.ts';
import { Problem } from '../problem.ts';
import type { Accepted } from './accept-events.ts';

/** Counts a refusal. Errors of ours that are no answer to a producer's input are counted elsewhere. */
export function measureRefusal(meter: Meter, error: unknown): void {
  if (!(error instanceof Problem)) return;
  if (error.problem === 'idempotency-conflict') meter.measure('EventsConflicting', 1);
  else if (isReason(error.problem)) meter.measure('EventsRefused', 1, error.problem);
}

/** Counts accepted events, repeats among them apart. */
export function measureAccepted(meter: Meter, accepted: readonly Accepted[]): void {
  const duplicates = accepted.filter(({ duplicate }) => duplicate).length;
  if (accepted.length > duplicates) meter.measure('EventsAccepted', accepted.length - duplicates);
  if (duplicates > 0) meter.measure('EventsDuplicate', duplicates);
}

function isReason(problem: string): problem is RefusalReason {
  return (REFUSAL_REASONS as readonly string[]).includes(problem);
}
