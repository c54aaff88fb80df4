import type { Trigger } from '../contract/messages.ts';

export type DeliveryStatus = 'pending' | 'succeeded' | 'retrying' | 'failed' | 'skipped' | 'cancelled';

/** Why an attempt got no answer. */
export type DeliveryError =
  | 'timeout'
  | 'dns'
  | 'connect'
  | 'tls'
  | 'reset'
  | 'blocked'
  | 'response-too-large'
  | 'protocol'
  | 'no-secret';

/**
 * How long each phase of an attempt took, in whole milliseconds; null for one that did not take place: a kept connection
 * has the last two alone, a failure ends with the phase it happened in. Of a request that went out twice, because the kept
 * connection had died, the second time.
 */
export interface Timings {
  readonly dnsMs: number | null;
  readonly connectMs: number | null;
  readonly tlsMs: number | null;
  /** From the connection being there, or the request being handed to a kept one, to the head of the answer. */
  readonly firstByteMs: number | null;
  /** Reading the rest of the answer. */
  readonly readMs: number | null;
}

/** What an attempt met. Null where it did not get that far. Durations in milliseconds. */
export interface AttemptResult {
  /** Where it went: origin and path shape only, query and credentials masked. */
  readonly url: string;
  readonly durationMs: number;
  /** Null if nothing was sent, or the log does not keep them. */
  readonly timings: Timings | null;
  /** HTTP status of the final answer. */
  readonly status: number | null;
  readonly error: DeliveryError | null;
  /** A short plain-English note on `error`, free of addresses and secrets. */
  readonly errorDetail: string | null;
  readonly responseBody: string | null;
  readonly responseTruncated: boolean;
}

/**
 * One row of the delivery log: append-only, named by `rowKey`, so that writing it twice changes nothing and a reader
 * folds neighbouring rows into a delivery.
 */
export interface DeliveryRow {
  readonly tenant: string;
  readonly event: string;
  readonly eventType: string;
  readonly subscription: string;
  readonly delivery: string;
  readonly shards: number;
  /** The event's `acceptedAt`: when the delivery came to be. */
  readonly createdAt: number;
  /** Its place in the delivery's whole life, whether or not anything was sent. */
  readonly attempt: number;
  readonly run: string;
  readonly trigger: Trigger;
  /** By the clock of whoever wrote it. */
  readonly at: number;
  /** Which of the delivery's requests it was, counted from 1: what `fanfare-attempt` said. Null when nothing was sent. */
  readonly request: number | null;
  /** Null when nothing was sent: skipped, cancelled, the event expired, or sent again by a redrive. */
  readonly result: AttemptResult | null;
  /** What the delivery is from here on; null when this attempt has no say (a failed manual one). */
  readonly status: Exclude<DeliveryStatus, 'pending'> | null;
  /** Why, where the status alone does not say (`paused`, `410`, `blocked`, `exhausted`, …). */
  readonly reason: string | null;
  readonly nextAttemptAt: number | null;
}

/** Finds the rows of one event. */
export interface EventKey {
  readonly tenant: string;
  readonly event: string;
  readonly shards: number;
}

/** Finds the rows of one delivery. */
export interface DeliveryKey extends EventKey {
  readonly delivery: string;
}
