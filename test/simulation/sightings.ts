import type { Clock } from '../../core/clock.ts';
import type { Care } from '../../core/dispatch/care.ts';
import type { Decision } from '../../core/dispatch/decision.ts';
import type { Health } from '../../core/dispatch/health.ts';
import type { HealthStore } from '../../core/dispatch/ports.ts';
import type { Subscription } from '../../core/subscription.ts';

/** A target that dispatch was about to send, the copy of its subscription, and what was decided instead. */
export interface Hold {
  readonly at: number;
  readonly subscription: Subscription;
  /** When it was decided, and what; null while it is not, and if it was sent. */
  held: { readonly at: number; readonly decision: Decision } | null;
}

/** What was known of a subscription when somebody read it. */
export interface Known<T> {
  readonly at: number;
  readonly tenant: string;
  readonly id: string;
  /** The subscription as it was then: within one millisecond it may change. Null: gone. */
  readonly subscription: Subscription | null;
  readonly known: T;
}

/** Whoever knows what subscriptions are now. */
interface Living {
  current(tenant: string, id: string): Subscription | null;
}

/** What Fanfare held of endpoints, written down for the judge as it happened. */
export class Sightings {
  readonly #time: Clock;
  readonly holds: Hold[] = [];
  readonly healths: Known<Health>[] = [];
  /** Slow marks that fan-out saw, by the time they are good until. */
  readonly marks: Known<number>[] = [];

  constructor(time: Clock) {
    this.#time = time;
  }

  /** The same care, watched. */
  ofCare(care: Care): Care {
    const hold = care.hold.bind(care);
    care.hold = async (target, subscription) => {
      const seen: Hold = { at: this.#time.now(), subscription, held: null };
      this.holds.push(seen);
      const decision = await hold(target, subscription);
      if (decision !== null) seen.held = { at: this.#time.now(), decision };
      return decision;
    };
    const belongsAside = care.belongsAside.bind(care);
    care.belongsAside = (target, subscription) => {
      const aside = belongsAside(target, subscription);
      const at = this.#time.now();
      if (aside) this.holds.push({ at, subscription, held: { at, decision: { kind: 'slow-lane' } } });
      return aside;
    };
    return care;
  }

  /** The same store of health, watched. */
  ofHealth<T extends HealthStore>(health: T, living: Living): T {
    const load = health.load.bind(health);
    health.load = async (tenant, ids) => {
      const found = await load(tenant, ids);
      const at = this.#time.now();
      for (const [id, known] of found)
        this.healths.push({ at, tenant, id, known, subscription: living.current(tenant, id) });
      return found;
    };
    return health;
  }

  /** Notes the marks of a tenant that are good at this moment. */
  ofMarks(tenant: string, marks: ReadonlyMap<string, number>, living: Living): void {
    const at = this.#time.now();
    for (const [id, known] of marks)
      if (known > at) this.marks.push({ at, tenant, id, known, subscription: living.current(tenant, id) });
  }
}
