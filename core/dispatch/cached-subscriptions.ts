import { DISPATCH } from '../../contract/limits.ts';
import type { Clock } from '../clock.ts';
import type { Subscription } from '../subscription.ts';
import type { SubscriptionReader } from './ports.ts';
import { SharedReads } from './shared-reads.ts';

interface Copy {
  readonly subscription: Subscription;
  readonly readAt: number;
}

/** Copies kept at most; beyond that the oldest half goes. */
const MAX_COPIES = 20_000;

/**
 * Subscriptions as read up to 10 s ago, so that a busy environment reads each of them seldom. That one is missing is
 * never remembered: an id may be taken again at once, and then the next event is for it.
 */
export class CachedSubscriptions implements SubscriptionReader {
  readonly #source: SubscriptionReader;
  readonly #reads: SharedReads<Subscription>;
  readonly #clock: Clock;
  readonly #copies = new Map<string, Copy>();

  constructor(source: SubscriptionReader, clock: Clock) {
    this.#source = source;
    this.#reads = new SharedReads((tenant, ids) => source.load(tenant, ids));
    this.#clock = clock;
  }

  async load(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, Subscription>> {
    const now = this.#clock.now();
    const found = new Map<string, Subscription>();
    const stale: string[] = [];
    for (const id of ids) {
      const copy = this.#copies.get(keyOf(tenant, id));
      if (copy && now - copy.readAt < DISPATCH.subscriptionCacheMs) found.set(id, copy.subscription);
      else stale.push(id);
    }
    if (stale.length === 0) return found;
    const read = await this.#read(tenant, stale);
    for (const id of stale) {
      const subscription = read.get(id);
      this.#copies.delete(keyOf(tenant, id));
      if (!subscription) continue;
      found.set(id, subscription);
      this.#keep(keyOf(tenant, id), { subscription, readAt: now });
    }
    return found;
  }

  /** Takes the place of the copy there may be. */
  async loadNow(tenant: string, id: string): Promise<Subscription | undefined> {
    const readAt = this.#clock.now();
    const subscription = await this.#source.loadNow(tenant, id);
    this.forget(tenant, id);
    if (subscription !== undefined) this.#keep(keyOf(tenant, id), { subscription, readAt });
    return subscription;
  }

  /** What another's read did not find may have come to be since that read began. */
  async #read(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, Subscription>> {
    const { found, missing } = await this.#reads.load(tenant, ids);
    if (missing.length === 0) return found;
    return new Map([...found, ...(await this.#source.load(tenant, missing))]);
  }

  /** Forgets a copy that is known to be outdated. */
  forget(tenant: string, id: string): void {
    this.#copies.delete(keyOf(tenant, id));
  }

  #keep(key: string, copy: Copy): void {
    if (this.#copies.size >= MAX_COPIES) {
      for (const old of [...this.#copies.keys()].slice(0, MAX_COPIES / 2)) this.#copies.delete(old);
    }
    // Whoever replaces a copy deletes the old one, so that the map's order is the order of reading.
    this.#copies.set(key, copy);
  }
}

function keyOf(tenant: string, id: string): string {
  return `${tenant}\n${id}`;
}
