import type { EventKey } from '../delivery.ts';
import type { EventRecord } from '../event.ts';

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

/** A page of a tenant's subscriptions, in the order of their ids. */
export interface InterestPage {
  readonly interests: readonly StoredInterest[];
  /** Nothing comes after it. The last one that is read may leave it open, and say so by being the last. */
  readonly isLast: boolean;
}

/** What fan-out reads of a subscription. The filter is JSON text: most are never asked. */
export interface StoredInterest {
  readonly id: string;
  readonly eventTypes: readonly string[];
  readonly filter: string | null;
}

export interface SubscriptionDirectory {
  /** The change version of a tenant's subscriptions; one consistent read. */
  version(tenant: string): Promise<TenantVersion>;
  /**
   * A tenant's subscriptions in the order of their ids, from the one after `after` on (null: from the first), in pages
   * of a megabyte at most, each read consistently when it is asked for.
   */
  interests(tenant: string, after: string | null): AsyncIterable<InterestPage>;
}

export interface StartedDeliveries {
  /** Subscriptions of this event that already have a row in the delivery log; consistent. */
  startedSubscriptions(event: EventKey): Promise<ReadonlySet<string>>;
}
