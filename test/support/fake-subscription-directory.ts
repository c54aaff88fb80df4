import type { SubscriptionDirectory, TenantVersion } from '../../core/fan-out/ports.ts';
import type { SubscriptionInterest } from '../../core/subscription.ts';
import { SlowMarks } from './slow-marks.ts';

/** Subscriptions as fan-out sees them, in memory; counts reads. */
export class FakeSubscriptionDirectory implements SubscriptionDirectory {
  readonly #tenants = new Map<string, { version: number; interests: SubscriptionInterest[] }>();
  /** Reads so far, such as `version acme`. */
  readonly reads: string[] = [];
  readonly slow = new SlowMarks();

  /** Adds or replaces a subscription of a tenant. */
  put(tenant: string, interest: Partial<SubscriptionInterest> & { readonly id: string }): void {
    const whole = { eventTypes: ['*'], filter: null, status: 'active' as const, ...interest };
    this.#change(tenant, (others) => [...others.filter(({ id }) => id !== whole.id), whole]);
  }

  remove(tenant: string, id: string): void {
    this.#change(tenant, (others) => others.filter((interest) => interest.id !== id));
  }

  async version(tenant: string): Promise<TenantVersion> {
    this.reads.push(`version ${tenant}`);
    return { n: this.#tenants.get(tenant)?.version ?? 0, slow: this.slow.of(tenant) };
  }

  async interests(tenant: string): Promise<readonly SubscriptionInterest[]> {
    this.reads.push(`interests ${tenant}`);
    return this.#tenants.get(tenant)?.interests ?? [];
  }

  #change(tenant: string, change: (interests: SubscriptionInterest[]) => SubscriptionInterest[]): void {
    const { version, interests } = this.#tenants.get(tenant) ?? { version: 0, interests: [] };
    this.#tenants.set(tenant, { version: version + 1, interests: change(interests) });
  }
}
