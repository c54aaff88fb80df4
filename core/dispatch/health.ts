/**
 * Health of one subscription, as the breaker, the slow lane and auto-disabling see it. Written only when
 * something fails or recovers, so a healthy subscription costs nothing. Times are epoch milliseconds.
 */
export interface Health {
  /** The endpoint it was learnt from (`endpointKey`); it says nothing about another. Null: there is nothing learnt. */
  readonly endpoint: string | null;
  /** Failed attempts since the last success. */
  readonly failures: number;
  readonly failingSince: number | null;
  /** Ids of events that failed since then; ten are enough to know. */
  readonly failedEvents: readonly string[];
  /** The breaker is open until then; null while closed. */
  readonly openUntil: number | null;
  /** How often it opened since the last success. */
  readonly openings: number;
  /** The half-open slot is taken until then. */
  readonly probeUntil: number | null;
  /** Its deliveries travel in the slow lane until then. */
  readonly slowUntil: number | null;
}

export const HEALTHY: Health = {
  endpoint: null,
  failures: 0,
  failingSince: null,
  failedEvents: [],
  openUntil: null,
  openings: 0,
  probeUntil: null,
  slowUntil: null,
};

/** The policy, as data. */
export const HEALTH_POLICY = {
  /** Failures in a row that open the breaker. */
  failuresToOpen: 10,
  firstOpenMs: 30_000,
  longestOpenMs: 600_000,
  /** Deliveries waiting for the reopening are spread over this share of the time it was open. */
  reopeningSpread: 0.5,
  /** Nothing but failure for this long, over this many events, disables the subscription. */
  disableAfterMs: 72 * 3_600_000,
  disableAfterEvents: 10,
  /** An answer slower than this marks the subscription slow. */
  slowAnswerMs: 3_000,
  /** How long one slow answer or timeout keeps it in the slow lane. */
  slowForMs: 600_000,
  /** If no more than this is left of it, another slow answer makes it as long again. */
  slowRenewedMs: 300_000,
} as const;

/** How long the breaker stays open the `openings`th time, in milliseconds: doubling, up to ten minutes. */
export function openMs(openings: number): number {
  const doubled = HEALTH_POLICY.firstOpenMs * 2 ** Math.min(openings - 1, 30);
  return Math.min(HEALTH_POLICY.longestOpenMs, doubled);
}

export type BreakerVerdict =
  | { readonly kind: 'closed' }
  /** Wait until `until`. */
  | { readonly kind: 'open'; readonly until: number }
  /** One delivery may try; claim the slot first. */
  | { readonly kind: 'half-open' };

/** What the breaker says about one more delivery. */
export function breakerVerdict(health: Health, now: number): BreakerVerdict {
  if (health.openUntil === null) return { kind: 'closed' };
  if (now < health.openUntil) return { kind: 'open', until: health.openUntil };
  if (health.probeUntil !== null && now < health.probeUntil)
    return { kind: 'open', until: health.probeUntil };
  return { kind: 'half-open' };
}

/**
 * When a delivery held back by an open breaker should come again: after the reopening, spread by `chance`
 * (0 to 1), so that the endpoint does not meet everything that waited at once.
 */
export function reopeningAt(health: Health, until: number, chance: number): number {
  return Math.ceil(until + chance * HEALTH_POLICY.reopeningSpread * openMs(Math.max(1, health.openings)));
}

/** Whether these failures open the breaker: it is closed and enough failed, or its probe failed. */
export function opens(health: Health, now: number): boolean {
  if (health.openUntil === null) return health.failures >= HEALTH_POLICY.failuresToOpen;
  return now >= health.openUntil;
}

/** The state after opening at `now`. */
export function opened(health: Health, now: number): Health {
  const openings = health.openings + 1;
  return { ...health, openings, openUntil: now + openMs(openings), probeUntil: null };
}

/** Whether the subscription failed for so long, with so many events, that it must be disabled. */
export function failsTooLong(health: Health, now: number): boolean {
  return (
    health.failingSince !== null &&
    now - health.failingSince >= HEALTH_POLICY.disableAfterMs &&
    health.failedEvents.length >= HEALTH_POLICY.disableAfterEvents
  );
}

/**
 * Whether its deliveries belong in the slow lane now: until its time is over, and while its breaker is open or being
 * probed, because a probe of an endpoint that hung will most likely hang.
 */
export function isSlow(health: Health, now: number): boolean {
  return health.slowUntil !== null && (now < health.slowUntil || health.openUntil !== null);
}

/** Whether a slow answer is news: the endpoint is not marked as slow, or not for much longer. */
export function slowIsNews(health: Health, now: number): boolean {
  return health.slowUntil === null || health.slowUntil - now <= HEALTH_POLICY.slowRenewedMs;
}
