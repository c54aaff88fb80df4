import type { Quotas } from '../../contract/limits.ts';
import type { SubscriptionReader, SubscriptionSwitch } from '../../core/dispatch/ports.ts';
import { parseExactJson } from '../../core/exact-number.ts';
import type { InterestPage, SubscriptionDirectory, TenantVersion } from '../../core/fan-out/ports.ts';
import {
  type NoRoom,
  type SubscriptionStore,
  subscriptionPosition,
} from '../../core/manage/subscription-store.ts';
import { originOf } from '../../core/origin.ts';
import type {
  ReplayedSubscription,
  SubscriptionExistence,
  SubscriptionLookup,
} from '../../core/redrive/ports.ts';
import {
  type EndpointVersion,
  endpointKey,
  type Subscription,
  type SubscriptionLife,
} from '../../core/subscription.ts';
import { SlowMarks } from './slow-marks.ts';

const PAGE = 3;
const NO_QUOTAS = {
  subscriptionsPerTenant: Number.MAX_SAFE_INTEGER,
  subscriptionsPerOrigin: Number.MAX_SAFE_INTEGER,
};

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
  quotas: Pick<Quotas, 'subscriptionsPerTenant' | 'subscriptionsPerOrigin'> = NO_QUOTAS;
  readonly slow = new SlowMarks();

  async get(tenant: string, id: string): Promise<Subscription | null> {
    return this.#rows.get(`${tenant}\n${id}`) ?? null;
  }

  async create(subscription: Subscription): Promise<'created' | 'taken' | NoRoom> {
    if (this.#rows.has(keyOf(subscription))) return 'taken';
    if (this.#of(subscription.tenant).length >= this.quotas.subscriptionsPerTenant) return 'full';
    if (this.#isFull(subscription)) return 'origin-full';
    this.#put(subscription);
    return 'created';
  }

  async replace(before: Subscription, after: Subscription): Promise<'replaced' | 'stale' | 'origin-full'> {
    if (this.#rows.get(keyOf(after))?.revision !== before.revision) return 'stale';
    if (originOf(before.url) !== originOf(after.url) && this.#isFull(after)) return 'origin-full';
    this.#put(after);
    if (after.endpointRevision === after.revision) this.slow.delete(after.tenant, after.id);
    return 'replaced';
  }

  async remove(tenant: string, id: string): Promise<boolean> {
    const there = this.#rows.delete(`${tenant}\n${id}`);
    if (there) this.#move(tenant);
    if (there) this.slow.delete(tenant, id);
    return there;
  }

  async disable(endpoint: EndpointVersion, reason: string, now: number): Promise<boolean> {
    const row = this.#rows.get(`${endpoint.tenant}\n${endpoint.id}`);
    if (row?.status !== 'active' || !(await this.isStill(endpoint))) return false;
    this.#put({
      ...row,
      status: 'disabled',
      statusReason: reason,
      updatedAt: now,
      revision: row.revision + 1,
    });
    return true;
  }

  async isStill(endpoint: EndpointVersion): Promise<boolean> {
    const row = this.#rows.get(`${endpoint.tenant}\n${endpoint.id}`);
    return row !== undefined && endpointKey(row) === endpointKey(endpoint);
  }

  isThere({ tenant, id, createdAt }: SubscriptionLife): boolean {
    return this.#rows.get(`${tenant}\n${id}`)?.createdAt === createdAt;
  }

  async *newestFirst(tenant: string, after: string | null): AsyncIterable<readonly Subscription[]> {
    const rows = this.#of(tenant)
      .filter((row) => after === null || subscriptionPosition(row) < after)
      .sort((a, b) => (subscriptionPosition(a) < subscriptionPosition(b) ? 1 : -1));
    for (let at = 0; at < rows.length; at += PAGE) yield rows.slice(at, at + PAGE);
  }

  async loadNow(tenant: string, id: string): Promise<Subscription | undefined> {
    return (await this.load(tenant, [id])).get(id);
  }

  async load(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, Subscription>> {
    const wanted = new Set(ids);
    return new Map(this.#of(tenant).flatMap((row) => (wanted.has(row.id) ? [[row.id, row] as const] : [])));
  }

  async version(tenant: string): Promise<TenantVersion> {
    return { n: this.#versions.get(tenant) ?? 0, slow: this.slow.of(tenant) };
  }

  async *interests(tenant: string, after: string | null): AsyncIterable<InterestPage> {
    const rows = this.#of(tenant).sort((a, b) => (a.id < b.id ? -1 : 1));
    const stored = rows.map(({ id, eventTypes, filter }) => ({
      id,
      eventTypes,
      filter: filter === null ? null : JSON.stringify(filter),
    }));
    const left = stored.filter(({ id }) => after === null || id > after);
    for (let at = 0; at < left.length; at += PAGE)
      yield { interests: left.slice(at, at + PAGE), isLast: at + PAGE >= left.length };
  }

  async find(tenant: string, id: string): Promise<ReplayedSubscription | null> {
    return this.get(tenant, id);
  }

  async existing(tenant: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set((await this.load(tenant, ids)).keys());
  }

  #isFull({ tenant, url }: Subscription): boolean {
    const same = this.#of(tenant).filter((row) => originOf(row.url) === originOf(url));
    return same.length >= this.quotas.subscriptionsPerOrigin;
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
