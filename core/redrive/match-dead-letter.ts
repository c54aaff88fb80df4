import type { RedriveRequest } from '../task.ts';

/** What a redrive looks at; the same for a letter in the queue and a record in the table. Times in epoch milliseconds. */
export interface LetterFacts {
  readonly tenant: string;
  readonly subscription: string;
  readonly eventType: string;
  /** When the delivery came to be: its event's `acceptedAt`. */
  readonly createdAt: number;
  readonly deadAt: number;
}

/**
 * Whether a redrive that began at `begunAt` wants a dead letter. Deliveries that died later may be those the
 * redrive itself sent: taking them again could go on for ever.
 */
export function matchesRedrive(request: RedriveRequest, letter: LetterFacts, begunAt: number): boolean {
  return (
    letter.deadAt <= begunAt &&
    letter.tenant === request.tenant &&
    (request.subscription === null || letter.subscription === request.subscription) &&
    (request.eventType === null || letter.eventType === request.eventType) &&
    (request.since === null || letter.createdAt >= request.since) &&
    (request.until === null || letter.createdAt < request.until)
  );
}
