import { DEFAULT_RETRY_SCHEDULE, DEFAULT_TIMEOUT_SECONDS } from '../contract/limits.ts';

/** `unverified`: its endpoint has not proven that it wants us, and gets nothing but challenges. */
export type SubscriptionStatus = 'active' | 'paused' | 'disabled' | 'unverified';
export type BodyFormat = 'standard' | 'cloudevents';

/** Who wants which events, and where. Times are epoch milliseconds. */
export interface Subscription {
  readonly tenant: string;
  readonly id: string;
  readonly url: string;
  /** Exact types, `prefix.*` or `*`; one match is enough. */
  readonly eventTypes: readonly string[];
  /** EventBridge event pattern, or null for no filter. */
  readonly filter: Readonly<Record<string, unknown>> | null;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Custom request headers. Values are secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly format: BodyFormat;
  readonly rateLimit: { readonly perSecond: number } | null;
  /** Null: the default. */
  readonly timeoutSeconds: number | null;
  /** Delays in seconds after each failed attempt. Null: the default. */
  readonly retrySchedule: readonly number[] | null;
  readonly status: SubscriptionStatus;
  readonly statusReason: string | null;
  /** Set while its endpoint has not proven that it wants us, in whatever status: why not, and when it was asked last. */
  readonly unproven?: { readonly reason: string; readonly askedAt: number };
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Newest first. Never empty in a healthy row; an empty list fails closed at dispatch. */
  readonly secrets: readonly SigningSecret[];
  /** Counts writes to this row, from 1; a writer that read an older one must read again. */
  readonly revision: number;
  /** The revision that last changed what its endpoint does: where it is, how it is asked, or that its owner says it is well. */
  readonly endpointRevision: number;
}

/**
 * The endpoint of a subscription as it was at one time. Another URL is another endpoint, and so is a subscription made
 * later under the same id: what was learnt from one says nothing about the other.
 */
export type EndpointVersion = Pick<Subscription, 'tenant' | 'id' | 'createdAt' | 'endpointRevision'>;

/** A subscription from its creation to its end: an id that is taken again is another one. */
export type SubscriptionLife = Pick<Subscription, 'tenant' | 'id' | 'createdAt'>;

/** Tells the endpoints that an id has had apart. */
export function endpointKey({ createdAt, endpointRevision }: EndpointVersion): string {
  return `${createdAt}.${endpointRevision}`;
}

/** A signing secret. It signs until `expiresAt`; the newest never expires. */
export interface SigningSecret {
  /** `whsec_` + base64 of 24 to 64 bytes. */
  readonly secret: string;
  readonly expiresAt: number | null;
}

/** What fan-out needs of a subscription to decide whether an event is for it: no url, no secrets. */
export type SubscriptionInterest = Pick<Subscription, 'id' | 'eventTypes' | 'filter' | 'status'>;

/** The delays in force for a subscription, in seconds. */
export function retryScheduleOf(subscription: Subscription): readonly number[] {
  return subscription.retrySchedule ?? DEFAULT_RETRY_SCHEDULE;
}

/** The time its endpoint has to answer, in milliseconds. */
export function timeoutMsOf(subscription: Subscription): number {
  return (subscription.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
}

/** The secrets that sign at `now`, newest first. */
export function liveSecrets(subscription: Subscription, now: number): readonly SigningSecret[] {
  return subscription.secrets.filter((s) => s.expiresAt === null || s.expiresAt > now);
}
