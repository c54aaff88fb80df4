import type { Clock } from '../clock.ts';
import { Problem } from '../problem.ts';

/** How long an answer is read for once it has something to show, in milliseconds. */
const ENOUGH_MS = 4_000;
/** How long a list looks for its first item, in milliseconds; API Gateway gives up after 30 s. */
const LONGEST_MS = 24_000;

/** The time a list has to find what is asked for. */
export interface ReadingTime {
  /** Whether it is time to answer with what was found so far, if that is anything. */
  isEnough(): boolean;
  /** Throws a 503 `Problem` when there is no time left to find even one item. */
  check(): void;
}

/** Reading time that begins now. */
export function readingTime(clock: Clock): ReadingTime {
  const began = clock.now();
  return {
    isEnough: () => clock.now() - began > ENOUGH_MS,
    check: () => {
      if (clock.now() - began <= LONGEST_MS) return;
      throw new Problem(
        'unavailable',
        'Too little fits these filters to be found in time. Narrow them by subscription, event, since or until.',
      );
    },
  };
}
