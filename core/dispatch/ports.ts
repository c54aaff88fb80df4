import type { DELIVERY_HEADER } from '../../contract/headers.ts';
import type { DeadLetterMessage, DeliveryMessage } from '../../contract/messages.ts';
import type { DeliveryError, DeliveryKey, DeliveryRow, EventKey, Timings } from '../delivery.ts';
import type { ReceivedRecord } from '../queue.ts';
import type { EndpointVersion, Subscription, SubscriptionLife } from '../subscription.ts';
import type { Health } from './health.ts';
import type { LogPolicy } from './log-policy.ts';

/** The queue that a run was given its batch from, as it can receive from it by itself. */
export interface DeliveryInbox {
  /** Up to `max` messages, 1 to 10, that are there; when it `waits`, it waits a second at most for the first one. */
  receive(max: number, waits: boolean): Promise<readonly ReceivedRecord[]>;
  /** Removes messages; those that are gone already are no error. Throws if some could not be removed. */
  delete(receipts: readonly string[]): Promise<void>;
}

/** Subscriptions as dispatch needs them: whole, secrets opened. */
export interface SubscriptionReader {
  /** The subscriptions that exist, by id; missing ones are deleted. May be up to 10 s old. */
  load(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, Subscription>>;
  /** One subscription as it is now, consistent; `undefined` if there is none. */
  loadNow(tenant: string, id: string): Promise<Subscription | undefined>;
}

export interface DeliveryLog {
  readonly policy: LogPolicy;
  /** Appends rows; writing a row again changes nothing. Throws if some could not be written. */
  append(rows: readonly DeliveryRow[]): Promise<void>;
  /** All rows of one delivery, in order of attempt; consistent. Response bodies and timings are left out. */
  rowsOf(delivery: DeliveryKey): Promise<readonly DeliveryRow[]>;
  /**
   * The rows of some of an event's deliveries, by delivery, in order of attempt; consistent. Those that have none are
   * missing. Response bodies and timings may be left out.
   */
  rowsOfEach(
    event: EventKey,
    deliveries: readonly DeliveryOf[],
  ): Promise<ReadonlyMap<string, readonly DeliveryRow[]>>;
}

/** A delivery, and whose it is. */
export interface DeliveryOf {
  readonly delivery: string;
  readonly subscription: string;
}

/** A request ready to go: `body` is what was signed. */
export interface OutgoingRequest {
  /** Who asks: what one tenant's requests wait for holds up no other's. */
  readonly tenant: string;
  readonly url: string;
  /** With the delivery's id, without which the API would not know the request if it came back. */
  readonly headers: Readonly<Record<string, string>> & { readonly [DELIVERY_HEADER]: string };
  readonly body: Buffer;
  /** Time for everything: name look-up, connection, TLS, answer. */
  readonly timeoutMs: number;
}

/** What sending met. Never thrown: a customer's failure is an outcome. */
export type SendOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Value of the `Retry-After` header as received, or null. */
      readonly retryAfter: string | null;
      readonly body: string;
      readonly truncated: boolean;
      readonly durationMs: number;
      readonly timings: Timings | null;
    }
  | {
      readonly kind: 'unanswered';
      readonly error: DeliveryError;
      readonly detail: string;
      readonly durationMs: number;
      readonly timings: Timings | null;
    };

/**
 * Or nothing was sent, and nobody was asked for anything: too many name look-ups of the tenant wait for their answers.
 * That is no failure of the endpoint's.
 */
export type SendResult = SendOutcome | { readonly kind: 'not-started' };

/** The outside world. */
export interface Destination {
  send(request: OutgoingRequest): Promise<SendResult>;
}

/** Deliveries waiting longer than a queue can delay. */
export interface ParkedDelivery {
  readonly message: DeliveryMessage;
  readonly dueAt: number;
}

export interface ParkingLot {
  /**
   * Writes one row keyed by due minute, shard, delivery, attempt and run; writing it again changes nothing. If the attempt
   * was held back, the key holds when it was parked, too: clocks differ, so what one worker takes out as due another may
   * put back for the same minute, and it must not be lost to the removal of the first.
   */
  park(delivery: ParkedDelivery, parkedAt: number): Promise<void>;
}

export interface DeadLetterRecords {
  /**
   * Makes the failed delivery visible in lists; writing it again, or an older letter of the delivery, changes
   * nothing. Call it before the letter is sent: redrive takes a letter without its record for one that was
   * redriven already, and deletes it.
   */
  record(letter: DeadLetterMessage, delivery: string): Promise<void>;
  /** Removes the record of a delivery that died at or before this attempt; none is no error. */
  remove(death: {
    readonly tenant: string;
    readonly delivery: string;
    readonly attempt: number;
  }): Promise<void>;
}

/**
 * Health of endpoints, as all environments see it. What was learnt from one that the subscription no longer leads to
 * changes nothing, and none is kept of a subscription that is gone.
 */
export interface HealthStore {
  /** The health of those that are not well; the others are missing. */
  load(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, Health>>;
  /** Counts a failed attempt and answers the health after it; null if the subscription leads elsewhere now, or is gone. */
  failed(failure: FailedAttempt): Promise<Health | null>;
  /** Opens the breaker, unless somebody else did since `before` was read. */
  open(endpoint: EndpointVersion, before: Health, after: Health): Promise<boolean>;
  /** Takes the half-open slot until `until`, unless somebody else has it. */
  claimProbe(endpoint: EndpointVersion, now: number, until: number): Promise<boolean>;
  /** Forgets all failures, and unless `staysSlow` that it was slow. */
  recovered(endpoint: EndpointVersion, staysSlow: boolean): Promise<void>;
  /**
   * Marks endpoints of one tenant as slow until `until`, and tells fan-out of as many as there is room for. Those that
   * others marked a moment ago cost no write.
   */
  slow(endpoints: readonly EndpointVersion[], until: number, now: number): Promise<void>;
}

/** A failed attempt as health counts it. */
export interface FailedAttempt {
  readonly endpoint: EndpointVersion;
  /** The event, unless enough failed events are known already. */
  readonly event: string | null;
  readonly now: number;
}

/** Where the pace of subscriptions is kept. It ends with the subscription. */
export interface PaceStore {
  /**
   * Reserves `count` slots of `intervalMs` each in one update and answers when the first one is on pace. Nothing is kept
   * for a subscription that is gone: then it answers `now`.
   */
  reserve(subscription: SubscriptionLife, count: number, intervalMs: number, now: number): Promise<number>;
}

/** Switches subscriptions off. */
export interface SubscriptionSwitch {
  /** Disables an active subscription. False if it is not active, leads to another endpoint now, or is gone. */
  disable(endpoint: EndpointVersion, reason: string, now: number): Promise<boolean>;
  /** Whether the subscription is there and still leads to this endpoint; consistent. */
  isStill(endpoint: EndpointVersion): Promise<boolean>;
}
