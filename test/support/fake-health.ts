import { HEALTHY, type Health } from '../../core/dispatch/health.ts';
import type { FailedAttempt, HealthStore, PaceStore, SubscriptionSwitch } from '../../core/dispatch/ports.ts';
import { type EndpointVersion, endpointKey, type SubscriptionLife } from '../../core/subscription.ts';
import type { SlowMarks } from './slow-marks.ts';

/** What health hangs on. */
interface Subscriptions extends Pick<SubscriptionSwitch, 'isStill'> {
  readonly slow: SlowMarks;
  /** Whether this subscription is there, and not another under its id. */
  isThere(life: SubscriptionLife): boolean;
}

/** Health and pace in memory. */
export class FakeHealth implements HealthStore, PaceStore {
  readonly #subscriptions: Subscriptions;
  readonly #rows = new Map<string, { readonly endpoint: EndpointVersion; readonly health: Health }>();
  readonly #due = new Map<string, number>();

  constructor(subscriptions: Subscriptions) {
    this.#subscriptions = subscriptions;
  }

  async load(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, Health>> {
    const found = new Map<string, Health>();
    for (const id of ids) {
      const row = this.#rows.get(`${tenant}\n${id}`);
      // A subscription's health ends with it, and with the endpoint it was learnt from.
      if (row && (await this.#subscriptions.isStill(row.endpoint))) found.set(id, row.health);
    }
    return found;
  }

  async failed({ endpoint, event, now }: FailedAttempt): Promise<Health | null> {
    if (!(await this.#subscriptions.isStill(endpoint))) return null;
    const before = this.#of(endpoint) ?? HEALTHY;
    return this.#put(endpoint, {
      ...before,
      failures: before.failures + 1,
      failingSince: before.failingSince ?? now,
      failedEvents: event === null ? before.failedEvents : [...new Set([...before.failedEvents, event])],
    });
  }

  async open(endpoint: EndpointVersion, before: Health, after: Health): Promise<boolean> {
    const now = this.#of(endpoint);
    if (!now || now.openings !== before.openings) return false;
    const { openUntil, openings } = after;
    this.#put(endpoint, { ...now, openUntil, openings, probeUntil: null });
    return true;
  }

  async claimProbe(endpoint: EndpointVersion, now: number, until: number): Promise<boolean> {
    const health = this.#of(endpoint);
    if (!health || health.openUntil === null || health.openUntil > now) return false;
    if (health.probeUntil !== null && health.probeUntil > now) return false;
    this.#put(endpoint, { ...health, probeUntil: until });
    return true;
  }

  async recovered(endpoint: EndpointVersion, staysSlow: boolean): Promise<void> {
    const health = this.#of(endpoint);
    if (health === null) return;
    if (staysSlow) {
      this.#put(endpoint, { ...HEALTHY, slowUntil: health.slowUntil });
      return;
    }
    this.#rows.delete(keyOf(endpoint));
    this.#subscriptions.slow.delete(endpoint.tenant, endpoint.id);
  }

  async slow(endpoints: readonly EndpointVersion[], until: number): Promise<void> {
    for (const endpoint of endpoints) {
      if (!(await this.#subscriptions.isStill(endpoint))) continue;
      this.#put(endpoint, { ...(this.#of(endpoint) ?? HEALTHY), slowUntil: until });
      this.#subscriptions.slow.set(endpoint.tenant, endpoint.id, until);
    }
  }

  async reserve(
    subscription: SubscriptionLife,
    count: number,
    intervalMs: number,
    now: number,
  ): Promise<number> {
    if (!this.#subscriptions.isThere(subscription)) return now;
    const key = `${keyOf(subscription)}\n${subscription.createdAt}`;
    const due = Math.max(now, this.#due.get(key) ?? now);
    this.#due.set(key, due + Math.ceil(count * intervalMs));
    return due;
  }

  /** What is known of this endpoint; null if nothing is, or it is of another. */
  #of(endpoint: EndpointVersion): Health | null {
    const row = this.#rows.get(keyOf(endpoint));
    return row && endpointKey(row.endpoint) === endpointKey(endpoint) ? row.health : null;
  }

  #put(endpoint: EndpointVersion, health: Health): Health {
    const kept = { ...health, endpoint: endpointKey(endpoint) };
    this.#rows.set(keyOf(endpoint), { endpoint, health: kept });
    return kept;
  }
}

function keyOf({ tenant, id }: SubscriptionLife): string {
  return `${tenant}\n${id}`;
}
