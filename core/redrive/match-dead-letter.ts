import type { RedriveRequest } from '../task.ts';

/** What a redrive looks at; the same for a letter in the queue and a record in the table. */
export interface LetterFacts {
  readonly tenant: string;
  readonly subscription: string;
  readonly eventType: string;
  /** When the delivery came to be: its event's `acceptedAt`. */
  readonly createdAt: number;
}

/** Whether a redrive wants a dead letter. */
export function matchesRedrive(request: RedriveRequest, letter: LetterFacts): boolean {
  return (
    letter.tenant === request.tenant &&
    (request.subscription === null || letter.subscription === request.subscription) &&
    (request.eventType === null || letter.eventType === request.eventType) &&
    (request.since === null || letter.createdAt >= request.since) &&
    (request.until === null || letter.createdAt < request.until)
  );
}
