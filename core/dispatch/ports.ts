import type { DeadLetterMessage, DeliveryMessage } from '../../contract/messages.ts';
import type { DeliveryError, DeliveryKey, DeliveryRow } from '../delivery.ts';
import type { Subscription } from '../subscription.ts';

/** Subscriptions as dispatch needs them: whole, secrets opened. */
export interface SubscriptionReader {
  /** The subscriptions that exist, by id; missing ones are deleted. May be up to 10 s old. */
  load(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, Subscription>>;
}

export interface DeliveryLog {
  /** Appends rows; writing a row again changes nothing. Throws if some could not be written. */
  append(rows: readonly DeliveryRow[]): Promise<void>;
  /** All rows of one delivery, in order of attempt; consistent. */
  rowsOf(delivery: DeliveryKey): Promise<readonly DeliveryRow[]>;
}

/** A request ready to go: `body` is what was signed. */
export interface OutgoingRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
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
    }
  | {
      readonly kind: 'unanswered';
      readonly error: DeliveryError;
      readonly detail: string;
      readonly durationMs: number;
    };

/** The outside world. */
export interface Destination {
  send(request: OutgoingRequest): Promise<SendOutcome>;
}

/** Deliveries waiting longer than a queue can delay. */
export interface ParkedDelivery {
  readonly message: DeliveryMessage;
  readonly dueAt: number;
}

export interface ParkingLot {
  /** Writes one row keyed by due minute, shard, delivery, attempt and run; writing it again changes nothing. */
  park(delivery: ParkedDelivery): Promise<void>;
}

export interface DeadLetterRecords {
  /**
   * Makes the failed delivery visible in lists; writing it again, or an older letter of the delivery, changes
   * nothing. Call it before the letter is sent: redrive takes a letter without its record for one that was
   * redriven already, and deletes it.
   */
  record(letter: DeadLetterMessage, delivery: string): Promise<void>;
}
