import { RETENTION } from '../../contract/limits.ts';
import type { RedriveRequest } from '../task.ts';
import { matchesRedrive } from './match-dead-letter.ts';
import type { DeadLetterIndex } from './ports.ts';

/**
 * How many dead letters a redrive that began at `begunAt` has left to take, its limit apart. Reads records only
 * and touches nothing. Times in epoch milliseconds.
 */
export async function countDeadLetters(
  index: DeadLetterIndex,
  request: RedriveRequest,
  begunAt: number,
  now: number,
): Promise<number> {
  // A record outlives its letter, and without the letter there is nothing to send.
  const oldest = now - RETENTION.deadLetterSeconds * 1000;
  let count = 0;
  for await (const page of index.entries(request.tenant, null)) {
    count += page.filter((entry) => entry.deadAt > oldest && matchesRedrive(request, entry, begunAt)).length;
  }
  return count;
}
