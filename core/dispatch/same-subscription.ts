import type { Log } from '../log.ts';
import { endpointKey, type Subscription } from '../subscription.ts';
import type { CachedSubscriptions } from './cached-subscriptions.ts';
import type { Settlement } from './decision.ts';
import type { SubscriptionSwitch } from './ports.ts';
import type { Target } from './target.ts';

export interface SameSubscriptionDeps {
  readonly switch: Pick<SubscriptionSwitch, 'endpointNow'>;
  readonly copies: Pick<CachedSubscriptions, 'forget'>;
  readonly log: Log;
}

/**
 * Sees to it that a delivery that waits ends with the subscription it waits for: one that is made later under the same id
 * is owed nothing of it. When a delivery begins to wait, its message takes along when its subscription was created. Only
 * that is compared, never with the time of anything else, because clocks differ.
 */
export class SameSubscription {
  readonly #deps: SameSubscriptionDeps;

  constructor(deps: SameSubscriptionDeps) {
    this.#deps = deps;
  }

  /** Whether a settlement is the first one after which its delivery waits. */
  isDue({ target, decision }: Settlement): boolean {
    const waits = decision.kind === 'retry' || decision.kind === 'later';
    return waits && target.message.subscriptionCreatedAt === undefined;
  }

  /**
   * The settlement of a delivery that waits for this subscription from now on. Null if it is to be held back for what is
   * known of an endpoint that was left: the copy at hand was outdated, and is forgotten. It stays as it is if its attempt was
   * made for a subscription that is gone, because the event may be for the one that has the id now, and if none of that can
   * be found out.
   */
  async tied(settlement: Settlement, subscription: Subscription): Promise<Settlement | null> {
    const { tenant, id, createdAt } = subscription;
    const { target, decision } = settlement;
    try {
      const now = await this.#deps.switch.endpointNow(tenant, id);
      const isCurrent = now !== null && endpointKey(now) === endpointKey(subscription);
      if (!isCurrent) this.#deps.copies.forget(tenant, id);
      if (!isCurrent && decision.kind === 'later') return null;
      if (now?.createdAt !== createdAt) return settlement;
    } catch (cause) {
      this.#deps.log.error('dispatch.subscription-failed', { tenant, subscriptionId: id }, cause);
      return settlement;
    }
    const message = { ...target.message, subscriptionCreatedAt: createdAt };
    return { ...settlement, target: { ...target, message } };
  }

  /**
   * Whether the subscription that a target waited for is the one at hand, is gone, or may be another: then the copy at
   * hand was outdated, and is forgotten. Throws if that can't be found out.
   */
  async of(
    { message }: Target,
    { tenant, id, createdAt }: Subscription,
  ): Promise<'same' | 'gone' | 'outdated'> {
    const waitedFor = message.subscriptionCreatedAt;
    if (waitedFor === undefined || waitedFor === createdAt) return 'same';
    this.#deps.copies.forget(tenant, id);
    return (await this.#deps.switch.endpointNow(tenant, id))?.createdAt === waitedFor ? 'outdated' : 'gone';
  }
}
