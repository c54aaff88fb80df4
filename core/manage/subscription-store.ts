import type { Subscription } from '../subscription.ts';

/** Where subscriptions are kept. Every write moves the tenant's change version in the same transaction. */
export interface SubscriptionStore {
  /** One subscription, secrets opened; consistent. */
  get(tenant: string, id: string): Promise<Subscription | null>;
  /** False if the id is taken. */
  create(subscription: Subscription): Promise<boolean>;
  /** Replaces the row whose revision is one less. False if somebody else wrote it meanwhile, or it is gone. */
  replace(subscription: Subscription): Promise<boolean>;
  /** False if it is gone already. */
  remove(tenant: string, id: string): Promise<boolean>;
  /** A tenant's subscriptions, newest first, after the position of the last one seen; consistent. */
  newestFirst(tenant: string, after: string | null): AsyncIterable<readonly Subscription[]>;
}

/** Where a subscription stands in its tenant's list. */
export function subscriptionPosition(subscription: Pick<Subscription, 'id' | 'createdAt'>): string {
  return `${String(subscription.createdAt).padStart(13, '0')}#${subscription.id}`;
}
