import { setTimeout as wait } from 'node:timers/promises';

/** Waits some milliseconds. A parameter of whatever backs off, so that tests need not wait. */
export type Pause = (ms: number) => Promise<void>;

/** Waits in real time. */
export const pause: Pause = async (ms) => {
  await wait(ms);
};

const FIRST_MS = 50;
const LONGEST_MS = 1_600;

/**
 * How long to wait before try number `attempt` (1 is the first repeat), in milliseconds: doubling from 50 to
 * 1,600, the upper half of it at random, so that workers throttled together do not come back together.
 */
export function backoffMs(attempt: number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}
