import type { Clock } from '../clock.ts';
import type { Subscription } from '../subscription.ts';
import { endpointOf } from './endpoint.ts';
import { HEALTHY, type Health } from './health.ts';
import type { HealthStore } from './ports.ts';
import { SharedReads } from './shared-reads.ts';

/** How long a copy of a subscription's health is trusted, in milliseconds. */
const TRUST_MS = 5_000;
const MAX_COPIES = 20_000;

interface Copy {
  readonly health: Health;
  readonly readAt: number;
}

/** What an environment knows of the health of subscriptions. */
export class HealthCopies {
  readonly #clock: Clock;
  /** By tenant and id: looked up several times for each delivery, so no key is put together for it. */
  readonly #copies = new Map<string, Map<string, Copy>>();
  #count = 0;
  readonly #reads: SharedReads<Health>;

  constructor(health: Pick<HealthStore, 'load'>, clock: Clock) {
    this.#clock = clock;
    this.#reads = new SharedReads((tenant, ids) => health.load(tenant, ids));
  }

  /** Reads the health of a message's subscriptions, as far as it is not known. */
  async look(tenant: string, ids: readonly string[]): Promise<void> {
    const now = this.#clock.now();
    const stale = ids.filter((id) => now - (this.#copies.get(tenant)?.get(id)?.readAt ?? 0) > TRUST_MS);
    if (stale.length === 0) return;
    const { found } = await this.#reads.load(tenant, stale);
    for (const id of stale) this.#keep(tenant, id, found.get(id) ?? HEALTHY, now);
  }

  /** The health of the endpoint that a subscription leads to; what was learnt from an earlier one does not count. */
  of(subscription: Subscription): Health {
    const health = this.#copies.get(subscription.tenant)?.get(subscription.id)?.health ?? HEALTHY;
    return health === HEALTHY || health.endpoint === endpointOf(subscription).key ? health : HEALTHY;
  }

  /** Knows better. */
  remember({ tenant, id }: Subscription, health: Health): void {
    this.#keep(tenant, id, health, this.#clock.now());
  }

  #keep(tenant: string, id: string, health: Health, readAt: number): void {
    if (this.#count >= MAX_COPIES) {
      this.#copies.clear();
      this.#count = 0;
    }
    const ofTenant = this.#copies.get(tenant) ?? new Map<string, Copy>();
    this.#copies.set(tenant, ofTenant);
    if (!ofTenant.has(id)) this.#count++;
    ofTenant.set(id, { health, readAt });
  }
}
