import type { Clock } from './clock.ts';
import { Problem } from './problem.ts';

/** How much a key may ask of one environment: events of ingest, requests of manage. */
export interface KeyLimit {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Keys remembered; a key that was forgotten begins with a full bucket. */
const MAX_KEYS = 10_000;

/**
 * A token bucket for each key, in the memory of one environment: it keeps one caller from taking all of it, and
 * costs no request. The API's throttling bounds the sum.
 */
export class KeyLimits {
  readonly #limit: KeyLimit;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limit: KeyLimit, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Takes so much out of a key's bucket. Throws a 429 `Problem` that says when to come again. */
  take(keyId: string, wanted: number): void {
    const { perSecond, burst } = this.#limit;
    const now = this.#clock.now();
    const bucket = this.#bucketOf(keyId, now);
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.filledAt) * perSecond) / 1000);
    bucket.filledAt = now;
    // An array larger than the bucket is let through when it is full: otherwise it never could be.
    const needed = Math.min(wanted, burst);
    if (bucket.tokens < needed) {
      const seconds = Math.max(1, Math.ceil((needed - bucket.tokens) / perSecond));
      throw new Problem(
        'rate-limited',
        `This key is over its limit of ${perSecond} a second. Send it again in ${seconds} s.`,
        [],
        {
          'retry-after': String(seconds),
        },
      );
    }
    bucket.tokens -= needed;
  }

  #bucketOf(keyId: string, now: number): Bucket {
    const known = this.#buckets.get(keyId);
    if (known) return known;
    if (this.#buckets.size >= MAX_KEYS) this.#buckets.clear();
    const bucket = { tokens: this.#limit.burst, filledAt: now };
    this.#buckets.set(keyId, bucket);
    return bucket;
  }
}
