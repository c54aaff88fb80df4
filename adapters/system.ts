import { randomBytes } from 'node:crypto';
import type { After, Clock, Random } from '../core/clock.ts';

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** Waits in real time. */
export const systemAfter: After = (ms, work) => {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
};

/** The operating system's randomness. */
export const systemRandom: Random = {
  // 48 random bits as a fraction: more than any jitter needs.
  number: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  bytes: (length) => randomBytes(length),
};
