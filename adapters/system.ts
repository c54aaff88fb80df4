import { randomBytes } from 'node:crypto';
import type { Clock, Random } from '../core/clock.ts';

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** The operating system's randomness. */
export const systemRandom: Random = {
  // 48 random bits as a fraction: more than any jitter needs.
  number: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  bytes: (length) => randomBytes(length),
};
