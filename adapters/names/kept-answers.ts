import type { LookupAddress } from 'node:dns';
import type { Clock } from '../../core/clock.ts';
import type { Answer } from './ask.ts';
import { NameError } from './name-error.ts';

/** An answer is kept for as long as its owner says, but not shorter or longer than this, in seconds. */
const MIN_SECONDS = 1;
const MAX_SECONDS = 300;
/** That a name has no address, or that nobody would tell, is kept for this long, in seconds: no longer than a retry waits. */
const FAILURE_SECONDS = 1;
/** Names that are kept; then the one that has been there longest makes room. */
const MAX_NAMES = 5_000;
/** An answer of more addresses is used, but not kept. */
const MAX_ADDRESSES = 32;

interface Kept {
  readonly found: readonly LookupAddress[] | NameError;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** What is known of names, within bounds of time and number. */
export class KeptAnswers {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What is known of a name; null if that is nothing, or no longer true. */
  get(host: string): readonly LookupAddress[] | NameError | null {
    const kept = this.#kept.get(host);
    return kept !== undefined && kept.until > this.#clock.now() ? kept.found : null;
  }

  set(host: string, answer: Answer | NameError): void {
    this.#kept.delete(host);
    const failed = answer instanceof NameError;
    if (!failed && answer.addresses.length > MAX_ADDRESSES) return;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size < MAX_NAMES) break;
      this.#kept.delete(oldest);
    }
    const seconds = failed
      ? FAILURE_SECONDS
      : Math.min(MAX_SECONDS, Math.max(MIN_SECONDS, answer.ttlSeconds));
    this.#kept.set(host, {
      found: failed ? answer : answer.addresses,
      until: this.#clock.now() + seconds * 1000,
    });
  }
}
