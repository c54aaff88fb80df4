import type { SubscriptionBody } from '../../contract/api.ts';
import type { Quotas } from '../../contract/limits.ts';
import { type Caller, tenantFor } from '../api-key.ts';
import type { Clock } from '../clock.ts';
import { Problem } from '../problem.ts';
import type { Subscription } from '../subscription.ts';
import type { ApiRequest } from './operation.ts';
import { quotaExceeded } from './quotas.ts';
import { isAnotherEndpoint } from './subscription-merge.ts';
import type { NoRoom, SubscriptionStore } from './subscription-store.ts';
import { subscriptionView } from './subscription-view.ts';
import type { TenantStore } from './tenant-store.ts';

export interface SubscriptionChangesDeps {
  readonly store: SubscriptionStore;
  readonly tenants: TenantStore;
  readonly quotas: Quotas;
  readonly clock: Clock;
}

/** Makes a subscription's next state out of what it is at `now`. Refuses by throwing. */
export type Change = (before: Subscription, now: number) => Subscription;

/** Tries to change a row that others change at the same time. Each time somebody gets through; the store paces us. */
const MAX_TRIES = 25;

/** Reading, changing and showing the subscription that a request is about. */
export class SubscriptionChanges {
  readonly #deps: SubscriptionChangesDeps;

  constructor(deps: SubscriptionChangesDeps) {
    this.#deps = deps;
  }

  /** The subscription that the path names. Throws a 404 `Problem`. */
  async find({ caller, query, params }: ApiRequest): Promise<Subscription> {
    const found = await this.#deps.store.get(tenantFor(caller, query.tenant), params.id ?? '');
    if (found === null) throw noSubscription();
    return found;
  }

  /** Reads, changes and writes, again while somebody else gets in between. `isWell`: the owner says the endpoint is. */
  async change(request: ApiRequest, make: Change, isWell = false): Promise<Subscription> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const before = await this.find(request);
      const now = this.#deps.clock.now();
      const made = make(before, now);
      if (made === before) return before;
      const revision = before.revision + 1;
      const endpointRevision = isWell || isAnotherEndpoint(before, made) ? revision : before.endpointRevision;
      const after = { ...made, updatedAt: now, revision, endpointRevision };
      const outcome = await this.#deps.store.replace(before, after);
      if (outcome === 'origin-full') throw this.noRoom(outcome);
      if (outcome === 'replaced') return after;
    }
    throw new Problem('unavailable', 'The subscription is being changed by others. Try again.', [], {
      'retry-after': '1',
    });
  }

  /** A subscription as the caller sees it. */
  async shown(caller: Caller, subscription: Subscription): Promise<SubscriptionBody> {
    return subscriptionView(caller, subscription, await this.#deps.tenants.get(subscription.tenant));
  }

  /** A 409 that says which quota is used up. */
  noRoom(why: NoRoom): Problem {
    if (why === 'full') return quotaExceeded('subscriptionsPerTenant', this.#deps.quotas);
    return quotaExceeded('subscriptionsPerOrigin', this.#deps.quotas, {
      faults: [{ pointer: '/url', detail: 'leads to an origin that has as many subscriptions as it may' }],
    });
  }
}

/** The same for an unknown id and for somebody else's. */
export function noSubscription(): Problem {
  return new Problem('not-found', 'There is no such subscription.');
}
