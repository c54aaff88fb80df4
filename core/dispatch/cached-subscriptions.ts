import { DISPATCH } from '../../contract/limits.ts';
import type { Clock } from '../clock.ts';
import type { Subscription } from '../subscription.ts';
import type { SubscriptionReader } from './ports.ts';

/** A copy, or the knowledge that there is none, and when it was read. */
interface Copy {
  readonly subscription: Subscription | null;
  readonly readAt: number;
}

/** Copies kept at most; beyond that the oldest half goes. */
const MAX_COPIES = 20_000;

/** Subscriptions as read up to 10 s ago, so that a busy environment reads each of them seldom. */
export class CachedSubscriptions implements SubscriptionReader {
  readonly #source: SubscriptionReader;
  readonly #clock: Clock;
  readonly #copies = new Map<string, Copy>();

  constructor(source: SubscriptionReader, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  async load(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, Subscription>> {
    const now = this.#clock.now();
    const stale = ids.filter((id) => !this.#isFresh(`${tenant}\n${id}`, now));
    if (stale.length > 0) {
      const read = await this.#source.load(tenant, stale);
      for (const id of stale)
        this.#keep(`${tenant}\n${id}`, { subscription: read.get(id) ?? null, readAt: now });
    }
    const found = new Map<string, Subscription>();
    for (const id of ids) {
      const subscription = this.#copies.get(`${tenant}\n${id}`)?.subscription;
      if (subscription) found.set(id, subscription);
    }
    return found;
  }

  /** Forgets a copy that is known to be outdated. */
  forget(tenant: string, id: string): void {
    this.#copies.delete(`${tenant}\n${id}`);
  }

  #isFresh(key: string, now: number): boolean {
    const copy = this.#copies.get(key);
    return copy !== undefined && now - copy.readAt < DISPATCH.subscriptionCacheMs;
  }

  #keep(key: string, copy: Copy): void {
    if (this.#copies.size >= MAX_COPIES) {
      for (const old of [...this.#copies.keys()].slice(0, MAX_COPIES / 2)) this.#copies.delete(old);
    }
    // Inserted anew, so that the map's order is the order of reading.
    this.#copies.delete(key);
    this.#copies.set(key, copy);
  }
}
