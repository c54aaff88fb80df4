import type { EventKey } from '../delivery.ts';
import type { EventRecord } from '../event.ts';
import type { SubscriptionInterest } from '../subscription.ts';

/** What fan-out's first write to an event record met. */
export type OwnOutcome =
  /** Nobody had it. */
  | { readonly kind: 'new' }
  /** This same request had it: an earlier worker died half-way. `shards` is what it fixed. */
  | { readonly kind: 'resumed'; readonly shards: number; readonly matched: number }
  /** Another request has it: a producer's repeat. Nothing was written. */
  | { readonly kind: 'foreign' };

export interface EventRecords {
  /** Writes the record if nobody owns it yet; otherwise tells who does and leaves it as it is. One conditional write. */
  own(record: EventRecord): Promise<OwnOutcome>;
  /**
   * Corrects how many subscriptions an event matched, when the worker that carries on for the same request found
   * others than the one before it. Throws if somebody else owns the event.
   */
  recount(
    event: Pick<EventRecord, 'tenant' | 'id' | 'acceptedAt' | 'requestId'>,
    matched: number,
  ): Promise<void>;
}

/** What one small item says of a tenant's subscriptions. */
export interface TenantVersion {
  /** Moves with each change of a subscription. 0 if the tenant never had one. */
  readonly n: number;
  /** Until when subscriptions are slow, by id; epoch milliseconds, also of times that are over. */
  readonly slow: ReadonlyMap<string, number>;
}

export interface SubscriptionDirectory {
  /** The change version of a tenant's subscriptions; one consistent read. */
  version(tenant: string): Promise<TenantVersion>;
  /** All subscriptions of a tenant, in pages, consistently. */
  interests(tenant: string): Promise<readonly SubscriptionInterest[]>;
}

export interface StartedDeliveries {
  /** Subscriptions of this event that already have a row in the delivery log; consistent. */
  startedSubscriptions(event: EventKey): Promise<ReadonlySet<string>>;
}
