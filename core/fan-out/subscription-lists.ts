import type { Log } from '../log.ts';
import { InterestIndex } from './interest-index.ts';
import type { SubscriptionDirectory } from './ports.ts';

/** Subscriptions kept in memory, over all tenants; a few hundred bytes each. */
const MAX_KEPT = 50_000;

/** Gives a tenant's subscriptions as they are now; asked again by the same batch it gives the same. */
export type ListOfTenant = (tenant: string) => Promise<InterestIndex>;

/**
 * The subscriptions of the tenants met lately. Each batch asks for a tenant's change version once, consistently,
 * and reads the list only if it moved, so a subscription made a moment ago is served.
 */
export class SubscriptionLists {
  readonly #directory: SubscriptionDirectory;
  readonly #log: Log;
  readonly #maxKept: number;
  /** Least lately used first. */
  readonly #lists = new Map<string, { readonly version: number; readonly index: InterestIndex }>();
  #kept = 0;

  constructor(directory: SubscriptionDirectory, log: Log, maxKept = MAX_KEPT) {
    this.#directory = directory;
    this.#log = log;
    this.#maxKept = maxKept;
  }

  /** For one batch. */
  forBatch(): ListOfTenant {
    const asked = new Map<string, Promise<InterestIndex>>();
    return (tenant) => {
      const list = asked.get(tenant) ?? this.#current(tenant);
      asked.set(tenant, list);
      return list;
    };
  }

  async #current(tenant: string): Promise<InterestIndex> {
    // The version before the list: a change in between makes the list too new for its version, never too old.
    const version = await this.#directory.version(tenant);
    const known = this.#lists.get(tenant);
    const index = known?.version === version ? known.index : await this.#read(tenant);
    this.#keep(tenant, version, index);
    return index;
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
