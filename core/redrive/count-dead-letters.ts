import { RETENTION } from '../../contract/limits.ts';
import type { RedriveRequest, Task } from '../task.ts';
import { matchesRedrive } from './match-dead-letter.ts';
import type { DeadLetterIndex } from './ports.ts';

/**
 * How many dead letters a redrive has left to take, its limit apart. Reads records only
 * and touches nothing. Times in epoch milliseconds.
 */
export async function countDeadLetters(
  index: DeadLetterIndex,
  request: RedriveRequest,
  task: Pick<Task, 'id' | 'createdAt'>,
  now: number,
): Promise<number> {
  // A record outlives its letter, and without the letter there is nothing to send.
  const oldest = now - RETENTION.deadLetterSeconds * 1000;
  let count = 0;
  for await (const page of index.entries(request.tenant, null)) {
    count += page.filter((entry) => entry.deadAt > oldest && matchesRedrive(request, entry, task)).length;
  }
  return count;
}
