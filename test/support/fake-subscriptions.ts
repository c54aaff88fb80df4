import type { SubscriptionReader, SubscriptionSwitch } from '../../core/dispatch/ports.ts';
import { parseExactJson } from '../../core/exact-number.ts';
import type { SubscriptionDirectory } from '../../core/fan-out/ports.ts';
import { type SubscriptionStore, subscriptionPosition } from '../../core/manage/subscription-store.ts';
import type {
  ReplayedSubscription,
  SubscriptionExistence,
  SubscriptionLookup,
} from '../../core/redrive/ports.ts';
import type { Subscription, SubscriptionInterest } from '../../core/subscription.ts';

const PAGE = 3;

/** Subscriptions in memory. */
export class FakeSubscriptions
  implements
    SubscriptionStore,
    SubscriptionReader,
    SubscriptionSwitch,
    SubscriptionDirectory,
    SubscriptionExistence,
    SubscriptionLookup
{
  readonly #rows = new Map<string, Subscription>();
  readonly #versions = new Map<string, number>();

  async get(tenant: string, id: string): Promise<Subscription | null> {
    return this.#rows.get(`${tenant}\n${id}`) ?? null;
  }

  async create(subscription: Subscription): Promise<boolean> {
    if (this.#rows.has(keyOf(subscription))) return false;
    this.#put(subscription);
    return true;
  }

  async replace(subscription: Subscription): Promise<boolean> {
    if (this.#rows.get(keyOf(subscription))?.revision !== subscription.revision - 1) return false;
    this.#put(subscription);
    return true;
  }

  async remove(tenant: string, id: string): Promise<boolean> {
    const there = this.#rows.delete(`${tenant}\n${id}`);
    if (there) this.#move(tenant);
    return there;
  }

  async disable(tenant: string, id: string, reason: string, now: number): Promise<boolean> {
    const row = this.#rows.get(`${tenant}\n${id}`);
    if (row?.status !== 'active') return false;
    this.#put({
      ...row,
      status: 'disabled',
      statusReason: reason,
      updatedAt: now,
      revision: row.revision + 1,
    });
    return true;
  }

  async *newestFirst(tenant: string, after: string | null): AsyncIterable<readonly Subscription[]> {
    const rows = this.#of(tenant)
      .filter((row) => after === null || subscriptionPosition(row) < after)
      .sort((a, b) => (subscriptionPosition(a) < subscriptionPosition(b) ? 1 : -1));
    for (let at = 0; at < rows.length; at += PAGE) yield rows.slice(at, at + PAGE);
  }

  async load(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, Subscription>> {
    const wanted = new Set(ids);
    return new Map(this.#of(tenant).flatMap((row) => (wanted.has(row.id) ? [[row.id, row] as const] : [])));
  }

  async version(tenant: string): Promise<number> {
    return this.#versions.get(tenant) ?? 0;
  }

  async interests(tenant: string): Promise<readonly SubscriptionInterest[]> {
    return this.#of(tenant).map(({ id, eventTypes, filter, status }) => ({ id, eventTypes, filter, status }));
  }

  async find(tenant: string, id: string): Promise<ReplayedSubscription | null> {
    return this.get(tenant, id);
  }

  async existing(tenant: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set((await this.load(tenant, ids)).keys());
  }

  #of(tenant: string): Subscription[] {
    return [...this.#rows.values()].filter((row) => row.tenant === tenant);
  }

  #put(subscription: Subscription): void {
    // Through text, as a store keeps it: a filter may hold numbers that are text, which cannot be cloned.
    this.#rows.set(keyOf(subscription), parseExactJson(JSON.stringify(subscription)) as Subscription);
    this.#move(subscription.tenant);
  }

  #move(tenant: string): void {
    this.#versions.set(tenant, (this.#versions.get(tenant) ?? 0) + 1);
  }
}

function keyOf({ tenant, id }: Subscription): string {
  return `${tenant}\n${id}`;
}
