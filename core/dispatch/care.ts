import type { Clock, Random } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Meter } from '../meter.ts';
import type { OperationalEvents } from '../operational-events.ts';
import { type Subscription, timeoutMsOf } from '../subscription.ts';
import type { Attempt } from './attempt.ts';
import type { CachedSubscriptions } from './cached-subscriptions.ts';
import type { Decision } from './decision.ts';
import { endpointOf } from './endpoint.ts';
import {
  breakerVerdict,
  failsTooLong,
  HEALTH_POLICY,
  HEALTHY,
  isSlow,
  opened,
  opens,
  reopeningAt,
  slowIsNews,
} from './health.ts';
import { HealthCopies } from './health-copies.ts';
import type { PaceGate } from './pace-gate.ts';
import type { HealthStore, SubscriptionSwitch } from './ports.ts';
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

/** A reserved slot is good for this long; then its second belongs to others. */
export const SLOT_MS = 1_000;
/** A slot this near is waited for: a queue delays by whole seconds, and whoever comes back late bunches up. */
const NEAR_MS = 1_000;
/** A probe that is never heard of again gives its slot back this long after its time-out. */
const PROBE_MARGIN_MS = 5_000;

/**
 * Takes care of subscribers: holds back what an endpoint cannot take now, and learns from what attempts met.
 * Holding back uses up no attempt. An attempt that somebody asked for by hand keeps the pace, and is held back by
 * nothing else.
 */
export class Care {
  readonly #deps: CareDeps;
  readonly #health: HealthCopies;

  constructor(deps: CareDeps) {
    this.#deps = deps;
    this.#health = new HealthCopies(deps.health, deps.clock);
  }

  /** Reads the health of a message's subscriptions, as far as it is not known. */
  look(tenant: string, ids: readonly string[]): Promise<void> {
    return this.#health.look(tenant, ids);
  }

  /** Whether `hold` has anything to look at. */
  concerns(subscription: Subscription): boolean {
    return subscription.rateLimit !== null || this.#health.of(subscription) !== HEALTHY;
  }

  /** Whether its next deliveries belong in the slow lane. */
  isSlow(subscription: Subscription): boolean {
    const health = this.#health.of(subscription);
    return health !== HEALTHY && isSlow(health, this.#deps.clock.now());
  }

  /** Whether a target is to be moved to the slow lane, as far as an environment knows by now. */
  belongsAside({ message: { trigger, held } }: Target, subscription: Subscription): boolean {
    return trigger !== 'manual' && !held?.slow && this.isSlow(subscription);
  }

  /** What is to be done with a target instead of sending it now; null: send it. */
  async hold(target: Target, subscription: Subscription): Promise<Decision | null> {
    const { trigger, held } = target.message;
    const now = this.#deps.clock.now();
    if (trigger === 'manual') return this.#pace(target, subscription, now);
    const health = this.#health.of(subscription);
    const verdict = breakerVerdict(health, now);
    if (verdict.kind === 'open') return this.#reopening(subscription, verdict.until);
    if (isSlow(health, now) && !held?.slow) return { kind: 'slow-lane' };
    if (verdict.kind === 'half-open') {
      const taken = await this.#probe(subscription, now);
      if (taken) return taken;
    }
    return this.#pace(target, subscription, now);
  }

  /** The same for the rate limit alone, of a target that has waited since. */
  keepPace(target: Target, subscription: Subscription): Promise<Decision | null> {
    return this.#pace(target, subscription, this.#deps.clock.now());
  }

  /** Whether `learn` has anything to learn: of who was not asked there is nothing, a healthy one's quick success is no news. */
  teaches(subscription: Subscription, { asked, outcome, sent }: Attempt): boolean {
    if (!asked) return false;
    const isNoNews = outcome.kind === 'succeeded' && sent.durationMs <= HEALTH_POLICY.slowAnswerMs;
    return !isNoNews || this.#health.of(subscription) !== HEALTHY;
  }

  /** Learns from an attempt. What fails here is reported and costs no delivery anything. */
  async learn(target: Target, subscription: Subscription, attempt: Attempt): Promise<void> {
    if (isSlowAttempt(attempt)) await this.learnLate([subscription]);
    try {
      if (attempt.outcome.kind === 'succeeded') await this.#succeeded(subscription, attempt);
      else if (attempt.outcome.kind === 'failed') await this.#failed(target, subscription, attempt);
      else if (attempt.outcome.reason === '410') await this.#disable(subscription, '410');
    } catch (cause) {
      const { tenant, id } = subscription;
      this.#deps.log.error('dispatch.health-failed', { tenant, subscriptionId: id }, cause);
    }
  }

  /**
   * Learns that endpoints have not answered for longer than an answer may take, while their attempts go on: others
   * must not wait for them meanwhile. What fails here is reported and costs no delivery anything.
   */
  async learnLate(subscriptions: readonly Subscription[]): Promise<void> {
    for (const [tenant, some] of Map.groupBy(subscriptions, (one) => one.tenant)) {
      try {
        await this.#markSlow([...new Map(some.map((one) => [one.id, one])).values()]);
      } catch (cause) {
        this.#deps.log.error('dispatch.slow-failed', { tenant, subscriptions: some.length }, cause);
      }
    }
  }

  /** Whether the subscription still leads to this endpoint. If that can't be found out, it does. */
  async isStill(subscription: Subscription): Promise<boolean> {
    const { tenant, id } = subscription;
    try {
      const still = await this.#deps.switch.isStill(subscription);
      if (!still) this.#deps.copies.forget(tenant, id);
      return still;
    } catch (cause) {
      this.#deps.log.error('dispatch.health-failed', { tenant, subscriptionId: id }, cause);
      return true;
    }
  }

  #reopening(subscription: Subscription, until: number): Decision {
    const health = this.#health.of(subscription);
    const dueAt = reopeningAt(health, until, this.#deps.random.number());
    return { kind: 'later', dueAt, slotAt: null, slow: this.isSlow(subscription) };
  }

  async #probe(subscription: Subscription, now: number): Promise<Decision | null> {
    const until = now + timeoutMsOf(subscription) + PROBE_MARGIN_MS;
    const claimed = await this.#deps.health.claimProbe(subscription, now, until);
    this.#health.remember(subscription, { ...this.#health.of(subscription), probeUntil: until });
    return claimed ? null : this.#reopening(subscription, until);
  }

  async #pace({ message }: Target, subscription: Subscription, now: number): Promise<Decision | null> {
    if (subscription.rateLimit === null) return null;
    const reserved = message.held?.slotAt ?? null;
    const good = reserved !== null && now - reserved < SLOT_MS;
    const { perSecond } = subscription.rateLimit;
    const slotAt = good ? reserved : await this.#deps.pace.slot(subscription, perSecond);
    const waitMs = slotAt - this.#deps.clock.now();
    if (waitMs > NEAR_MS) return { kind: 'later', dueAt: slotAt, slotAt, slow: this.isSlow(subscription) };
    if (waitMs > 0) await this.#deps.pause(waitMs);
    return null;
  }

  async #markSlow(subscriptions: readonly Subscription[]): Promise<void> {
    const now = this.#deps.clock.now();
    const until = now + HEALTH_POLICY.slowForMs;
    const news = subscriptions.filter((one) => slowIsNews(this.#health.of(one), now));
    if (news.length === 0) return;
    const remember = (slowUntil: number | null): void => {
      for (const one of news) {
        const endpoint = endpointOf(one).key;
        this.#health.remember(one, { ...this.#health.of(one), endpoint, slowUntil });
      }
    };
    // Before others know it, so that nothing more is sent from here meanwhile.
    remember(until);
    try {
      await this.#deps.health.slow(news, until, now);
    } catch (cause) {
      remember(null);
      throw cause;
    }
  }

  async #succeeded(subscription: Subscription, attempt: Attempt): Promise<void> {
    const { tenant, id } = subscription;
    const health = this.#health.of(subscription);
    const staysSlow = isSlowAttempt(attempt);
    if (health === HEALTHY || (staysSlow && health.failures === 0)) return;
    await this.#deps.health.recovered(subscription, staysSlow);
    const { endpoint, slowUntil } = health;
    this.#health.remember(subscription, staysSlow ? { ...HEALTHY, endpoint, slowUntil } : HEALTHY);
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

  async #failed(target: Target, subscription: Subscription, { endedAt }: Attempt): Promise<void> {
    const enough = this.#health.of(subscription).failedEvents.length >= HEALTH_POLICY.disableAfterEvents;
    const event = enough ? null : target.event.id;
    const health = await this.#deps.health.failed({ endpoint: subscription, event, now: endedAt });
    if (health === null) {
      this.#deps.copies.forget(subscription.tenant, subscription.id);
      return;
    }
    this.#health.remember(subscription, health);
    if (failsTooLong(health, endedAt)) return this.#disable(subscription, 'failing for too long');
    if (!opens(health, endedAt)) return;
    const after = opened(health, endedAt);
    if (!(await this.#deps.health.open(subscription, health, after))) return;
    this.#health.remember(subscription, after);
    this.#deps.meter.measure('BreakersOpened', 1);
  }

  async #disable(subscription: Subscription, reason: string): Promise<void> {
    const { tenant, id, revision } = subscription;
    this.#deps.copies.forget(tenant, id);
    if (!(await this.#deps.switch.disable(subscription, reason, this.#deps.clock.now()))) return;
    this.#deps.meter.measure('SubscriptionsDisabled', 1);
    await this.#deps.operational.publish('subscription.disabled', `${tenant}/${id}/${revision}`, {
      tenant,
      subscription: id,
      reason,
    });
  }
}

/** Whether an answer took longer than it may, or did not come in the time it had. */
function isSlowAttempt({ sent }: Attempt): boolean {
  const timedOut = sent.kind === 'unanswered' && sent.error === 'timeout';
  return timedOut || sent.durationMs > HEALTH_POLICY.slowAnswerMs;
}
