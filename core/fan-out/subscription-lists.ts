import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { InterestIndex } from './interest-index.ts';
import type { SubscriptionDirectory } from './ports.ts';

/** Subscriptions kept in memory, over all tenants; a few hundred bytes each. */
const MAX_KEPT = 50_000;

/** A tenant's subscriptions. */
export interface TenantList {
  readonly index: InterestIndex;
  /** Whether it is known that a subscription's endpoint does not answer in time. */
  readonly isSlow: (id: string) => boolean;
}

/** Gives a tenant's subscriptions as they are now; asked again by the same batch it gives the same. */
export type ListOfTenant = (tenant: string) => Promise<TenantList>;

/**
 * The subscriptions of the tenants met lately. Each batch asks for a tenant's change version once, consistently,
 * and reads the list only if it moved, so a subscription made a moment ago is served.
 */
export class SubscriptionLists {
  readonly #directory: SubscriptionDirectory;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #maxKept: number;
  /** Least lately used first. */
  readonly #lists = new Map<string, { readonly version: number; readonly index: InterestIndex }>();
  #kept = 0;

  constructor(directory: SubscriptionDirectory, log: Log, clock: Clock, maxKept = MAX_KEPT) {
    this.#directory = directory;
    this.#log = log;
    this.#clock = clock;
    this.#maxKept = maxKept;
  }

  /** For one batch. */
  forBatch(): ListOfTenant {
    const asked = new Map<string, Promise<TenantList>>();
    return (tenant) => {
      const list = asked.get(tenant) ?? this.#current(tenant);
      asked.set(tenant, list);
      return list;
    };
  }

  async #current(tenant: string): Promise<TenantList> {
    // The version before the list: a change in between makes the list too new for its version, never too old.
    const { n, slow } = await this.#directory.version(tenant);
    const known = this.#lists.get(tenant);
    const index = known?.version === n ? known.index : await this.#read(tenant);
    this.#keep(tenant, n, index);
    const now = this.#clock.now();
    return { index, isSlow: (id) => (slow.get(id) ?? 0) > now };
  }

  async #read(tenant: string): Promise<InterestIndex> {
    const index = new InterestIndex(await this.#directory.interests(tenant));
    if (index.unreadable.length > 0) {
      this.#log.error('fan-out.filter-unreadable', { tenant, subscriptions: index.unreadable });
    }
    return index;
  }

  #keep(tenant: string, version: number, index: InterestIndex): void {
    this.#forget(tenant);
    this.#lists.set(tenant, { version, index });
    this.#kept += weight(index);
    for (const oldest of this.#lists.keys()) {
      if (this.#kept <= this.#maxKept || oldest === tenant) break;
      this.#forget(oldest);
    }
  }

  #forget(tenant: string): void {
    const known = this.#lists.get(tenant);
    if (known === undefined) return;
    this.#lists.delete(tenant);
    this.#kept -= weight(known.index);
  }
}

/** A tenant without subscriptions takes room as well. */
function weight(index: InterestIndex): number {
  return index.size + 1;
}
