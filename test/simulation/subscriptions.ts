import { DEFAULT_RETRY_SCHEDULE } from '../../contract/limits.ts';
import type { SubscriptionReader, SubscriptionSwitch } from '../../core/dispatch/ports.ts';
import type { InterestPage, SubscriptionDirectory, TenantVersion } from '../../core/fan-out/ports.ts';
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
import { SlowMarks } from '../support/slow-marks.ts';
import type { Sightings } from './sightings.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Few, so that lists have several pages, and many in a world with a large tenant. */
const PAGE = 10;

/** A subscription as it was from one moment on; null once deleted. */
export interface Moment {
  readonly from: number;
  readonly subscription: Subscription | null;
}

/** Subscriptions in memory that remember their history, so that a checker can ask what was true when. */
export class SimulatedSubscriptions
  implements
    SubscriptionReader,
    SubscriptionSwitch,
    SubscriptionDirectory,
    SubscriptionExistence,
    SubscriptionLookup
{
  readonly #time: VirtualTime;
  readonly #histories = new Map<string, Moment[]>();
  readonly #versions = new Map<string, number>();
  readonly slow = new SlowMarks();
  readonly #sightings: Sightings;

  constructor(time: VirtualTime, sightings: Sightings) {
    this.#time = time;
    this.#sightings = sightings;
  }

  /** Every subscription there ever was, with its history, oldest first. */
  get histories(): ReadonlyMap<string, readonly Moment[]> {
    return this.#histories;
  }

  /** The subscription as it is now. */
  current(tenant: string, id: string): Subscription | null {
    return this.#histories.get(`${tenant}\n${id}`)?.at(-1)?.subscription ?? null;
  }

  /** Creates or replaces a subscription, or deletes it (null). */
  write(tenant: string, id: string, subscription: Subscription | null): void {
    const key = `${tenant}\n${id}`;
    const history = this.#histories.get(key) ?? [];
    history.push({ from: this.#time.now(), subscription });
    this.#histories.set(key, history);
    this.#versions.set(tenant, (this.#versions.get(tenant) ?? 0) + 1);
  }

  /** Changes one that still exists. */
  change(tenant: string, id: string, change: Partial<Subscription>): void {
    const now = this.current(tenant, id);
    if (now) this.write(tenant, id, { ...now, ...change, revision: now.revision + 1 });
  }

  async disable(endpoint: EndpointVersion, reason: string): Promise<boolean> {
    const { tenant, id } = endpoint;
    if (this.current(tenant, id)?.status !== 'active' || !(await this.isStill(endpoint))) return false;
    this.change(tenant, id, { status: 'disabled', statusReason: reason });
    return true;
  }

  async isStill(endpoint: EndpointVersion): Promise<boolean> {
    const now = this.current(endpoint.tenant, endpoint.id);
    return now !== null && endpointKey(now) === endpointKey(endpoint);
  }

  isThere({ tenant, id, createdAt }: SubscriptionLife): boolean {
    return this.current(tenant, id)?.createdAt === createdAt;
  }

  async version(tenant: string): Promise<TenantVersion> {
    const slow = this.slow.of(tenant);
    this.#sightings.ofMarks(tenant, slow, this);
    return { n: this.#versions.get(tenant) ?? 0, slow };
  }

  /** Each page as things are when it is asked for. */
  async *interests(tenant: string, after: string | null): AsyncIterable<InterestPage> {
    let last = after;
    for (;;) {
      const page = this.#alive(tenant)
        .filter(({ id }) => last === null || id > last)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, PAGE);
      const isLast = page.length < PAGE;
      yield { interests: page.map(({ id, eventTypes }) => ({ id, eventTypes, filter: null })), isLast };
      if (isLast) return;
      last = page.at(-1)?.id ?? null;
    }
  }

  async loadNow(tenant: string, id: string): Promise<Subscription | undefined> {
    return (await this.load(tenant, [id])).get(id);
  }

  async load(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, Subscription>> {
    const wanted = new Set(ids);
    const found = this.#alive(tenant).filter((subscription) => wanted.has(subscription.id));
    return new Map(found.map((subscription) => [subscription.id, subscription]));
  }

  async find(tenant: string, id: string): Promise<ReplayedSubscription | null> {
    return this.current(tenant, id);
  }

  async existing(tenant: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set((await this.load(tenant, ids)).keys());
  }

  #alive(tenant: string): Subscription[] {
    return [...this.#histories]
      .filter(([key]) => key.startsWith(`${tenant}\n`))
      .flatMap(([, history]) => history.at(-1)?.subscription ?? []);
  }
}

/** A subscription that wants everything; name only what matters. */
export function simulatedSubscription(
  fields: Pick<Subscription, 'tenant' | 'id'> & Partial<Subscription>,
): Subscription {
  return {
    url: `https://${fields.id.toLowerCase().replaceAll('_', '-')}.${fields.tenant}.example/hook`,
    eventTypes: ['*'],
    filter: null,
    description: '',
    metadata: {},
    headers: {},
    format: 'standard',
    rateLimit: null,
    timeoutSeconds: null,
    retrySchedule: DEFAULT_RETRY_SCHEDULE,
    status: 'active',
    statusReason: null,
    createdAt: 0,
    updatedAt: 0,
    secrets: [
      { secret: `whsec_${Buffer.from(fields.id.padEnd(24, '=')).toString('base64')}`, expiresAt: null },
    ],
    revision: 1,
    endpointRevision: 1,
    ...fields,
  };
}
