import type {
  InterestPage,
  StoredInterest,
  SubscriptionDirectory,
  TenantVersion,
} from '../../core/fan-out/ports.ts';
import type { SubscriptionInterest } from '../../core/subscription.ts';
import { SlowMarks } from './slow-marks.ts';

/** As fan-out reads it; in pages of so many, as if each took a third of a megabyte. */
export const PAGE = 1_000;

/** Subscriptions as fan-out sees them, in memory; counts reads. */
export class FakeSubscriptionDirectory implements SubscriptionDirectory {
  readonly #tenants = new Map<string, { version: number; readonly rows: Map<string, StoredInterest> }>();
  /** Reads so far, such as `version acme`; of a list of several pages, one. */
  readonly reads: string[] = [];
  readonly slow = new SlowMarks();
  /** Pages read so far, such as `acme after s7`. */
  readonly pages: string[] = [];
  pageSize = PAGE;

  /** Adds or replaces a subscription of a tenant. */
  put(tenant: string, interest: Partial<SubscriptionInterest> & { readonly id: string }): void {
    const { id, eventTypes = ['*'], filter = null } = interest;
    const text = filter === null ? null : JSON.stringify(filter);
    this.#change(tenant).set(id, { id, eventTypes, filter: text });
  }

  remove(tenant: string, id: string): void {
    this.#change(tenant).delete(id);
  }

  async version(tenant: string): Promise<TenantVersion> {
    this.reads.push(`version ${tenant}`);
    return { n: this.#tenants.get(tenant)?.version ?? 0, slow: this.slow.of(tenant) };
  }

  async *interests(tenant: string, after: string | null): AsyncIterable<InterestPage> {
    this.reads.push(`interests ${tenant}`);
    let last = after;
    for (;;) {
      const interests = this.#after(tenant, last);
      this.pages.push(`${tenant} after ${last}`);
      const isLast = interests.length < this.pageSize;
      yield { interests, isLast };
      if (isLast) return;
      last = interests.at(-1)?.id ?? null;
    }
  }

  #after(tenant: string, after: string | null): readonly StoredInterest[] {
    const rows = [...(this.#tenants.get(tenant)?.rows.values() ?? [])];
    return rows
      .filter(({ id }) => after === null || id > after)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, this.pageSize);
  }

  #change(tenant: string): Map<string, StoredInterest> {
    const known = this.#tenants.get(tenant) ?? { version: 0, rows: new Map<string, StoredInterest>() };
    this.#tenants.set(tenant, known);
    known.version++;
    return known.rows;
  }
}
