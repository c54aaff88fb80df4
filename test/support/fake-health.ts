import { HEALTHY, type Health } from '../../core/dispatch/health.ts';
import type { FailedAttempt, HealthStore, PaceStore } from '../../core/dispatch/ports.ts';

/** Health and pace in memory. */
export class FakeHealth implements HealthStore, PaceStore {
  readonly #health = new Map<string, Health>();
  readonly #due = new Map<string, number>();

  async load(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, Health>> {
    return new Map(
      ids.flatMap((id) => {
        const health = this.#health.get(`${tenant}\n${id}`);
        return health ? [[id, health] as const] : [];
      }),
    );
  }

  async failed({ tenant, id, event, now, slowUntil }: FailedAttempt): Promise<Health> {
    const before = this.#health.get(`${tenant}\n${id}`) ?? HEALTHY;
    const after: Health = {
      ...before,
      failures: before.failures + 1,
      failingSince: before.failingSince ?? now,
      failedEvents: event === null ? before.failedEvents : [...new Set([...before.failedEvents, event])],
      slowUntil: slowUntil ?? before.slowUntil,
    };
    this.#health.set(`${tenant}\n${id}`, after);
    return after;
  }

  async open(tenant: string, id: string, before: Health, after: Health): Promise<boolean> {
    const now = this.#health.get(`${tenant}\n${id}`);
    if (!now || now.openings !== before.openings) return false;
    this.#health.set(`${tenant}\n${id}`, {
      ...now,
      openUntil: after.openUntil,
      openings: after.openings,
      probeUntil: null,
    });
    return true;
  }

  async claimProbe(tenant: string, id: string, now: number, until: number): Promise<boolean> {
    const health = this.#health.get(`${tenant}\n${id}`);
    if (!health || health.openUntil === null || health.openUntil > now) return false;
    if (health.probeUntil !== null && health.probeUntil > now) return false;
    this.#health.set(`${tenant}\n${id}`, { ...health, probeUntil: until });
    return true;
  }

  async recovered(tenant: string, id: string, slowUntil: number | null): Promise<void> {
    if (slowUntil === null) this.#health.delete(`${tenant}\n${id}`);
    else this.#health.set(`${tenant}\n${id}`, { ...HEALTHY, slowUntil });
  }

  async reserve(tenant: string, id: string, count: number, intervalMs: number, now: number): Promise<number> {
    const due = Math.max(now, this.#due.get(`${tenant}\n${id}`) ?? now);
    this.#due.set(`${tenant}\n${id}`, due + Math.ceil(count * intervalMs));
    return due;
  }
}
