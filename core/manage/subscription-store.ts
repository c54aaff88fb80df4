import type { Subscription } from '../subscription.ts';

/** `full`: the tenant has as many as it may; `origin-full`: it has as many as it may at the URL's origin. */
export type NoRoom = 'full' | 'origin-full';

/**
 * Where subscriptions are kept. Every write moves the tenant's change version in the same transaction, and no more are
 * kept than the quotas allow, however many are written at once.
 */
export interface SubscriptionStore {
  /** One subscription, secrets opened; consistent. */
  get(tenant: string, id: string): Promise<Subscription | null>;
  create(subscription: Subscription): Promise<'created' | 'taken' | NoRoom>;
  /**
   * Puts `after` in the place of `before`. `stale`: somebody else wrote it meanwhile, or it is gone. If its revision
   * begins another endpoint, what is kept of the earlier one's health ends with that.
   */
  replace(before: Subscription, after: Subscription): Promise<'replaced' | 'stale' | 'origin-full'>;
  /** Removes it with its health and pace. False if it is gone already. */
  remove(tenant: string, id: string): Promise<boolean>;
  /** A tenant's subscriptions, newest first, after the position of the last one seen; consistent. */
  newestFirst(tenant: string, after: string | null): AsyncIterable<readonly Subscription[]>;
}

/** Where a subscription stands in its tenant's list. */
export function subscriptionPosition(subscription: Pick<Subscription, 'id' | 'createdAt'>): string {
  return `${String(subscription.createdAt).padStart(13, '0')}#${subscription.id}`;
}
