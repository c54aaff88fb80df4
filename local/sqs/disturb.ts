import type { Faults } from '../faults.ts';
import type { SqsQueue } from './store.ts';

/** What a standard queue may do at any time: give a message twice, or out of order. */
export function disturb(faults: Faults, queue: SqsQueue): void {
  queue.processTimers();
  const [first] = queue.messages;
  if (!first) return;
  if (faults.strike('duplicate', queue.name)) queue.messages.push(first);
  if (faults.strike('reorder', queue.name)) queue.messages.reverse();
}
