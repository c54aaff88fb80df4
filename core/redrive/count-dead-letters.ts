import { RETENTION } from '../../contract/limits.ts';
import type { RedriveRequest } from '../task.ts';
import { matchesRedrive } from './match-dead-letter.ts';
import type { DeadLetterIndex } from './ports.ts';

/** How many dead letters a redrive would take, up to its limit. Reads records only and touches nothing. */
export async function countDeadLetters(
  index: DeadLetterIndex,
  request: RedriveRequest,
  now: number,
): Promise<number> {
  let matched = 0;
  for await (const page of index.entries(request.tenant, null)) {
    // A record outlives its letter, and without the letter there is nothing to send.
    const live = page.filter((entry) => entry.deadAt > now - RETENTION.deadLetterSeconds * 1000);
    matched += live.filter((entry) => matchesRedrive(request, entry)).length;
  }
  return Math.min(matched, request.limit ?? matched);
}
