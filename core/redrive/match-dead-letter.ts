import type { RedriveRequest, Task } from '../task.ts';

/** What a redrive looks at; the same for a letter in the queue and a record in the table. Times in epoch milliseconds. */
export interface LetterFacts {
  readonly tenant: string;
  readonly subscription: string;
  readonly eventType: string;
  /** When the delivery came to be: its event's `acceptedAt`. */
  readonly createdAt: number;
  readonly deadAt: number;
  /** The run of the schedule it died in; null for a record that is older than this being kept. */
  readonly run: string | null;
}

/**
 * Whether a redrive wants a dead letter. Deliveries that died after it was created may be those the redrive itself
 * sent: taking them again could go on for ever. Clocks differ, so what its own run left is told by the run.
 */
export function matchesRedrive(
  request: RedriveRequest,
  letter: LetterFacts,
  { id, createdAt }: Pick<Task, 'id' | 'createdAt'>,
): boolean {
  return (
    letter.run !== id &&
    letter.deadAt <= createdAt &&
    letter.tenant === request.tenant &&
    (request.subscription === null || letter.subscription === request.subscription) &&
    (request.eventType === null || letter.eventType === request.eventType) &&
    (request.since === null || letter.createdAt >= request.since) &&
    (request.until === null || letter.createdAt < request.until)
  );
}
