import type { SubscriptionStore } from '../../core/manage/subscription-store.ts';
import { endpointKey, type Subscription } from '../../core/subscription.ts';
import type { SimulatedSubscriptions } from './subscriptions.ts';

/** Simulated subscriptions as the API writes them: one write at a time gets through, and slow marks end with their endpoint. */
export class SimulatedSubscriptionStore implements SubscriptionStore {
  readonly #subscriptions: SimulatedSubscriptions;

  constructor(subscriptions: SimulatedSubscriptions) {
    this.#subscriptions = subscriptions;
  }

  async get(tenant: string, id: string): Promise<Subscription | null> {
    return this.#subscriptions.current(tenant, id);
  }

  async create(subscription: Subscription): Promise<'created' | 'taken'> {
    const { tenant, id } = subscription;
    if (this.#subscriptions.current(tenant, id) !== null) return 'taken';
    this.#subscriptions.write(tenant, id, subscription);
    return 'created';
  }

  async replace(before: Subscription, after: Subscription): Promise<'replaced' | 'stale'> {
    const { tenant, id } = after;
    const now = this.#subscriptions.current(tenant, id);
    if (now?.createdAt !== before.createdAt || now.revision !== before.revision) return 'stale';
    this.#subscriptions.write(tenant, id, after);
    if (endpointKey(before) !== endpointKey(after)) this.#subscriptions.slow.delete(tenant, id);
    return 'replaced';
  }

  async remove(tenant: string, id: string): Promise<boolean> {
    if (this.#subscriptions.current(tenant, id) === null) return false;
    this.#subscriptions.write(tenant, id, null);
    this.#subscriptions.slow.delete(tenant, id);
    return true;
  }

  async *newestFirst(): AsyncIterable<readonly Subscription[]> {
    yield [];
  }
}
