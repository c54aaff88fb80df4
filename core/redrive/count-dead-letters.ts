import { RETENTION } from '../../contract/limits.ts';
import type { RedriveRequest, Task } from '../task.ts';
import { matchesRedrive } from './match-dead-letter.ts';
import type { DeadLetterIndex } from './ports.ts';

/** Part of a count. */
export interface CountedPage {
  readonly found: number;
  /** Where to go on; null: that was all. */
  readonly after: string | null;
}

/**
 * How many dead letters a redrive would take, of one page of the records behind `after`. Reads
 * records only and touches nothing. Times in epoch milliseconds.
 */
export async function countPage(
  index: DeadLetterIndex,
  request: RedriveRequest,
  after: string | null,
  task: Pick<Task, 'id' | 'createdAt'>,
  now: number,
): Promise<CountedPage> {
  // A record outlives its letter, and without the letter there is nothing to send.
  const oldest = now - RETENTION.deadLetterSeconds * 1000;
  for await (const page of index.entries(request.tenant, after)) {
    const wanted = page.filter((entry) => entry.deadAt > oldest && matchesRedrive(request, entry, task));
    return { found: wanted.length, after: page.at(-1)?.delivery ?? null };
  }
  return { found: 0, after: null };
}
