import type { Clock, Random } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Meter } from '../meter.ts';
import type { OperationalEvents } from '../operational-events.ts';
import { type Subscription, timeoutMsOf } from '../subscription.ts';
import type { Attempt } from './attempt.ts';
import type { CachedSubscriptions } from './cached-subscriptions.ts';
import type { Decision } from './decision.ts';
import {
  breakerVerdict,
  failsTooLong,
  HEALTH_POLICY,
  HEALTHY,
  type Health,
  isSlow,
  opened,
  opens,
  reopeningAt,
} from './health.ts';
import type { PaceGate } from './pace-gate.ts';
import type { HealthStore, SubscriptionSwitch } from './ports.ts';
import { SharedReads } from './shared-reads.ts';
import type { Target } from './target.ts';

export interface CareDeps {
  readonly health: HealthStore;
  readonly pace: PaceGate;
  readonly switch: SubscriptionSwitch;
  readonly copies: Pick<CachedSubscriptions, 'forget'>;
  readonly operational: OperationalEvents;
  readonly clock: Clock;
  readonly random: Random;
  /** Waits some milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
  readonly log: Log;
  readonly meter: Meter;
}

/** How long a copy of a subscription's health is trusted, in milliseconds. */
const TRUST_MS = 5_000;
/** A reserved slot is good for this long; then its second belongs to others. */
const SLOT_MS = 1_000;
/** A slot this near is waited for: a queue delays by whole seconds, and whoever comes back late bunches up. */
const NEAR_MS = 1_000;
/** A probe that is never heard of again gives its slot back this long after its time-out. */
const PROBE_MARGIN_MS = 5_000;
const MAX_COPIES = 20_000;

/**
 * Takes care of subscribers: holds back what an endpoint cannot take now, and learns from what attempts met.
 * Holding back uses up no attempt. An attempt that somebody asked for by hand keeps the pace, and is held back by
 * nothing else.
 */
export class Care {
  readonly #deps: CareDeps;
  /** By tenant and id: looked up several times for each delivery, so no key is put together for it. */
  readonly #copies = new Map<string, Map<string, { readonly health: Health; readonly readAt: number }>>();
  #count = 0;
  readonly #reads: SharedReads<Health>;

  constructor(deps: CareDeps) {
    this.#deps = deps;
    this.#reads = new SharedReads((tenant, ids) => deps.health.load(tenant, ids));
  }

  /** Reads the health of a message's subscriptions, as far as it is not known. */
  async look(tenant: string, ids: readonly string[]): Promise<void> {
    const now = this.#deps.clock.now();
    const stale = ids.filter((id) => now - (this.#copies.get(tenant)?.get(id)?.readAt ?? 0) > TRUST_MS);
    if (stale.length === 0) return;
    const { found } = await this.#reads.load(tenant, stale);
    for (const id of stale) this.#remember(tenant, id, found.get(id) ?? HEALTHY, now);
  }

  /** Whether `hold` has anything to look at. */
  concerns(subscription: Subscription): boolean {
    return subscription.rateLimit !== null || this.#healthOf(subscription) !== HEALTHY;
  }

  /** What is to be done with a target instead of sending it now; null: send it. */
  async hold(target: Target, subscription: Subscription): Promise<Decision | null> {
    const { trigger, held } = target.message;
    const now = this.#deps.clock.now();
    if (trigger === 'manual') return this.#pace(target, subscription, now);
    const health = this.#healthOf(subscription);
    if (isSlow(health, now) && !held?.slow) return { kind: 'slow-lane' };
    return (await this.#breaker(subscription, health, now)) ?? (await this.#pace(target, subscription, now));
  }

  /** Whether `learn` has anything to learn: a quick success of a healthy subscription is no news. */
  teaches(subscription: Subscription, { outcome, sent }: Attempt): boolean {
    const isNoNews = outcome.kind === 'succeeded' && sent.durationMs <= HEALTH_POLICY.slowAnswerMs;
    return !isNoNews || this.#healthOf(subscription) !== HEALTHY;
  }

  /** Learns from an attempt. What fails here is reported and costs no delivery anything. */
  async learn(target: Target, subscription: Subscription, attempt: Attempt): Promise<void> {
    try {
      if (attempt.outcome.kind === 'succeeded') await this.#succeeded(subscription, attempt);
      else if (attempt.outcome.kind === 'failed') await this.#failed(target, subscription, attempt);
      else if (attempt.outcome.reason === '410') await this.#disable(subscription, '410');
    } catch (cause) {
      const { tenant, id } = subscription;
      this.#deps.log.error('dispatch.health-failed', { tenant, subscriptionId: id }, cause);
    }
  }

  async #breaker(subscription: Subscription, health: Health, now: number): Promise<Decision | null> {
    const verdict = breakerVerdict(health, now);
    if (verdict.kind === 'closed') return null;
    const chance = this.#deps.random.number();
    if (verdict.kind === 'open') return later(reopeningAt(health, verdict.until, chance));
    const until = now + timeoutMsOf(subscription) + PROBE_MARGIN_MS;
    const { tenant, id } = subscription;
    const claimed = await this.#deps.health.claimProbe(tenant, id, now, until);
    this.#remember(tenant, id, { ...health, probeUntil: until }, now);
    return claimed ? null : later(reopeningAt(health, until, chance));
  }

  async #pace({ message }: Target, subscription: Subscription, now: number): Promise<Decision | null> {
    if (subscription.rateLimit === null) return null;
    const { tenant, id, rateLimit } = subscription;
    const reserved = message.held?.slotAt ?? null;
    const good = reserved !== null && now - reserved < SLOT_MS;
    const slotAt = good ? reserved : await this.#deps.pace.slot(tenant, id, rateLimit.perSecond);
    const waitMs = slotAt - this.#deps.clock.now();
    if (waitMs > NEAR_MS) return { kind: 'later', dueAt: slotAt, slotAt };
    if (waitMs > 0) await this.#deps.pause(waitMs);
    return null;
  }

  async #succeeded(subscription: Subscription, { endedAt, sent }: Attempt): Promise<void> {
    const { tenant, id } = subscription;
    const health = this.#healthOf(subscription);
    const slowUntil = sent.durationMs > HEALTH_POLICY.slowAnswerMs ? endedAt + HEALTH_POLICY.slowForMs : null;
    if (health === HEALTHY && slowUntil === null) return;
    // Marked already, and nothing to forget: one write in ten minutes is enough.
    if (slowUntil !== null && health.failures === 0 && isSlow(health, endedAt)) return;
    await this.#deps.health.recovered(tenant, id, slowUntil);
    this.#remember(tenant, id, slowUntil === null ? HEALTHY : { ...HEALTHY, slowUntil }, endedAt);
    if (health.openings > 0) {
      await this.#deps.operational.publish(
        'subscription.recovered',
        `${tenant}/${id}/${health.failingSince}`,
        {
          tenant,
          subscription: id,
        },
      );
    }
  }

  async #failed(target: Target, subscription: Subscription, { endedAt, sent }: Attempt): Promise<void> {
    const { tenant, id } = subscription;
    const known = this.#healthOf(subscription).failedEvents;
    const enough = known.length >= HEALTH_POLICY.disableAfterEvents;
    const slow =
      sent.durationMs > HEALTH_POLICY.slowAnswerMs ||
      (sent.kind === 'unanswered' && sent.error === 'timeout');
    const health = await this.#deps.health.failed({
      tenant,
      id,
      event: enough ? null : target.event.id,
      now: endedAt,
      slowUntil: slow ? endedAt + HEALTH_POLICY.slowForMs : null,
    });
    this.#remember(tenant, id, health, endedAt);
    if (failsTooLong(health, endedAt)) return this.#disable(subscription, 'failing for too long');
    if (!opens(health, endedAt)) return;
    const after = opened(health, endedAt);
    if (!(await this.#deps.health.open(tenant, id, health, after))) return;
    this.#remember(tenant, id, after, endedAt);
    this.#deps.meter.measure('BreakersOpened', 1);
  }

  async #disable(subscription: Subscription, reason: string): Promise<void> {
    const { tenant, id, revision } = subscription;
    this.#deps.copies.forget(tenant, id);
    if (!(await this.#deps.switch.disable(tenant, id, reason, this.#deps.clock.now()))) return;
    this.#deps.meter.measure('SubscriptionsDisabled', 1);
    await this.#deps.operational.publish('subscription.disabled', `${tenant}/${id}/${revision}`, {
      tenant,
      subscription: id,
      reason,
    });
  }

  #healthOf({ tenant, id }: Subscription): Health {
    return this.#copies.get(tenant)?.get(id)?.health ?? HEALTHY;
  }

  #remember(tenant: string, id: string, health: Health, readAt: number): void {
    if (this.#count >= MAX_COPIES) {
      this.#copies.clear();
      this.#count = 0;
    }
    const ofTenant = this.#copies.get(tenant) ?? new Map();
    this.#copies.set(tenant, ofTenant);
    if (!ofTenant.has(id)) this.#count++;
    ofTenant.set(id, { health, readAt });
  }
}

function later(dueAt: number): Decision {
  return { kind: 'later', dueAt, slotAt: null };
}
