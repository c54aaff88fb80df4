/**
 * What `/v1` takes and answers, as types: the console and the client are written against these. Times are RFC 3339
 * in UTC. Routes, scopes and query parameters are in `contract/operations.ts`.
 */
import type { CloudEventOrigin, Trigger } from './messages.ts';

/** RFC 9457. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

/** One page of a list, newest first. `cursor` leads to the next page; null at the end. */
export interface PageBody<Item> {
  readonly data: readonly Item[];
  readonly cursor: string | null;
}

// Events

export interface NewEvent {
  readonly type: string;
  readonly data: unknown;
  readonly id?: string;
  readonly tenant?: string;
  readonly subject?: string;
  readonly time?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface EventAccepted {
  readonly id: string;
  readonly tenant: string;
  readonly type: string;
  readonly acceptedAt: string;
  readonly duplicate: boolean;
}

/** How many of an event's deliveries stand where. */
export interface DeliveryCounts {
  readonly succeeded: number;
  readonly pending: number;
  readonly retrying: number;
  readonly failed: number;
  readonly skipped: number;
  readonly cancelled: number;
}

export interface EventSummary {
  readonly id: string;
  readonly tenant: string;
  readonly type: string;
  readonly subject: string | null;
  readonly time: string;
  readonly acceptedAt: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Subscriptions it was for when it came in. */
  readonly matched: number;
}

/** `data` follows token for token: read it from the answer's text where digits matter. */
export interface EventBody extends EventSummary {
  /** The producer's, handed on to subscribers; absent without one. */
  readonly traceparent?: string;
  /** The `tracestate` that came with it. */
  readonly tracestate?: string;
  /** Of an event that came as a CloudEvent: what it said besides. */
  readonly cloudEvent?: CloudEventOrigin;
  readonly deliveries: DeliveryCounts;
  /** There are more than could be counted in time: `deliveries` is of some of them. */
  readonly deliveriesIncomplete?: true;
  readonly data: unknown;
}

/** Why a subscription would not get an event; null: it would. */
export type MismatchReason = 'type' | 'filter' | 'filter-too-costly' | 'paused' | 'disabled' | 'unverified';

export interface MatchBody {
  readonly subscription: string;
  readonly matches: boolean;
  readonly reason: MismatchReason | null;
}

// Subscriptions

export interface SubscriptionBody {
  readonly id: string;
  readonly tenant: string;
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly filter: Readonly<Record<string, unknown>> | null;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Values are masked. */
  readonly headers: Readonly<Record<string, string>>;
  readonly format: 'standard' | 'cloudevents';
  readonly rateLimit: { readonly perSecond: number } | null;
  readonly timeoutSeconds: number;
  readonly retrySchedule: readonly number[];
  readonly status: 'active' | 'paused' | 'disabled' | 'unverified';
  readonly statusReason: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface CreatedSubscription extends SubscriptionBody {
  readonly secret: string;
}

/** What a caller may write: all of it on create, any part on PATCH, where null clears. */
export interface SubscriptionFields {
  readonly id?: string;
  readonly tenant?: string;
  readonly url?: string;
  readonly eventTypes?: readonly string[];
  readonly filter?: Readonly<Record<string, unknown>> | null;
  readonly description?: string | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
  readonly headers?: Readonly<Record<string, string | null>> | null;
  readonly format?: 'standard' | 'cloudevents';
  readonly rateLimit?: { readonly perSecond: number } | null;
  readonly timeoutSeconds?: number | null;
  readonly retrySchedule?: readonly number[] | null;
  readonly status?: 'active' | 'paused';
}

export interface SecretBody {
  readonly secret: string;
}

export interface ReplayFields {
  readonly since: string;
  readonly until?: string;
  readonly status?: 'failed' | 'missing' | 'all';
  readonly eventTypes?: readonly string[];
  readonly dryRun?: boolean;
}

// Deliveries

export type DeliveryStatusName = 'pending' | 'succeeded' | 'retrying' | 'failed' | 'skipped' | 'cancelled';

/**
 * Milliseconds of each phase of an attempt; null for one that did not take place. A kept connection has the last two
 * alone; a failure ends with the phase it happened in.
 */
export interface TimingsBody {
  readonly dnsMs: number | null;
  readonly connectMs: number | null;
  readonly tlsMs: number | null;
  /** From the connection being there to the head of the answer. */
  readonly firstByteMs: number | null;
  /** Reading the rest of the answer. */
  readonly readMs: number | null;
}

export interface AttemptBody {
  readonly number: number;
  readonly at: string;
  readonly url: string;
  readonly durationMs: number;
  /** Absent in lists, where nothing was sent, and where the delivery log does not keep them. */
  readonly timings?: TimingsBody;
  readonly status: number | null;
  readonly error: string | null;
  /** What it was and what to do about it, in a sentence or two; null without an error. */
  readonly errorDetail: string | null;
  readonly responseBody: string | null;
  /** The answer was longer than what is kept, or broke off behind its head: its status counts all the same. */
  readonly responseTruncated: boolean;
  readonly trigger: Trigger;
}

interface DeliveryHead {
  readonly id: string;
  readonly event: string;
  readonly eventType: string;
  readonly subscription: string;
  readonly tenant: string;
  readonly status: DeliveryStatusName;
  readonly reason: string | null;
  readonly createdAt: string;
  readonly nextAttemptAt: string | null;
}

export interface DeliverySummary extends DeliveryHead {
  readonly attemptCount: number;
  readonly lastAttempt: AttemptBody | null;
}

export interface DeliveryBody extends DeliveryHead {
  /** How many there are in all. */
  readonly attemptCount: number;
  /** The newest, or those before `attemptsCursor`, in order: as many as fit into an answer, 250 at most. */
  readonly attempts: readonly AttemptBody[];
  /** Leads to the next older ones; null when there are none. */
  readonly attemptsCursor: string | null;
}

// Dead letters and tasks

/** A delivery that was given up, with its last answer. */
export interface DeadLetterBody {
  readonly delivery: string;
  readonly event: string;
  readonly eventType: string;
  readonly subscription: string;
  readonly tenant: string;
  readonly reason: string;
  readonly attemptCount: number;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly createdAt: string;
  readonly deadAt: string;
}

/** Dead letters of one tenant and subscription that ended with the same answer or error. */
export interface DeadLetterCount {
  readonly tenant: string;
  readonly subscription: string;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly count: number;
}

export interface DeadLetterCounts {
  /** Those with the most letters first. */
  readonly data: readonly DeadLetterCount[];
  /** There are more than could be counted in time or shown at once: the newest were counted, and the largest are shown. */
  readonly incomplete?: true;
}

export interface RedriveFields {
  readonly tenant?: string;
  readonly subscription?: string;
  readonly eventType?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
  readonly ratePerSecond?: number;
  readonly dryRun?: boolean;
}

export interface TaskBody {
  readonly id: string;
  readonly kind: 'redrive' | 'replay';
  readonly status: 'queued' | 'running' | 'done' | 'cancelled' | 'failed';
  readonly matched: number;
  readonly sent: number;
  readonly dropped: number;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  /** Why, of a failed task only. */
  readonly failure?: string;
}

// Event types, tenants, keys, portal

export interface EventTypeBody {
  readonly type: string;
  readonly description: string;
  readonly schema: unknown;
  readonly mode: 'off' | 'warn' | 'block';
  readonly example: unknown;
  readonly deprecated: boolean;
}

export interface TenantBody {
  readonly id: string;
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly retrySchedule: readonly number[] | null;
  readonly createdAt: string;
}

export interface KeyBody {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly tenant: string | null;
  readonly createdAt: string;
  readonly expiresAt: string | null;
}

export interface KeyFields {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly tenant?: string;
  readonly expiresAt?: string;
}

export interface CreatedKey extends KeyBody {
  readonly key: string;
}

export interface PortalSessionFields {
  readonly tenant: string;
  readonly expiresInSeconds?: number;
  readonly readOnly?: boolean;
}

export interface PortalSessionBody {
  /** Of the key behind the link: `DELETE /v1/keys/{id}` ends it before its time. */
  readonly id: string;
  readonly url: string;
  readonly token: string;
  readonly expiresAt: string;
}

export interface HealthBody {
  readonly status: 'ok';
  readonly version: string;
}
