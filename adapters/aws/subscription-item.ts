import { INDEXES, KEYS } from '../../contract/tables.ts';
import { parseExactJson } from '../../core/exact-number.ts';
import type { StoredInterest } from '../../core/fan-out/ports.ts';
import { subscriptionPosition } from '../../core/manage/subscription-store.ts';
import type { Sealer } from '../../core/sealer.ts';
import type { Subscription, SubscriptionInterest } from '../../core/subscription.ts';
import { fromItem, type Item, toItem } from './item.ts';

/** How the sort keys of health begin. */
export const HEALTH = 'HEALTH#';

/** What is sealed: whatever a reader of the table must not learn. */
type Secrets = Pick<Subscription, 'secrets' | 'headers'>;

/** A subscription as stored; see `docs/tables.md`. The filter is kept as text, to come back as it went in. */
interface StoredSubscription extends Omit<Subscription, 'secrets' | 'headers' | 'filter'> {
  readonly filter: string | null;
  readonly sealed?: string;
}

/** The partition of a tenant. */
export function tenantPartition(tenant: string): string {
  return `T#${tenant}`;
}

/** The key of a subscription. */
export function subscriptionKey(tenant: string, id: string): Item {
  return { [KEYS.partition]: { S: tenantPartition(tenant) }, [KEYS.sort]: { S: `SUB#${id}` } };
}

/** The key of a subscription's health. */
export function healthKey(tenant: string, id: string): Item {
  return { [KEYS.partition]: { S: tenantPartition(tenant) }, [KEYS.sort]: { S: `${HEALTH}${id}` } };
}

/** The key of a subscription's pace. */
export function paceKey(tenant: string, id: string): Item {
  return { [KEYS.partition]: { S: tenantPartition(tenant) }, [KEYS.sort]: { S: `PACE#${id}` } };
}

/** The key of a tenant's own record. */
export function tenantKey(tenant: string): Item {
  return { [KEYS.partition]: { S: tenantPartition(tenant) }, [KEYS.sort]: { S: 'TENANT' } };
}

/** The key of a tenant's change version. */
export function versionKey(tenant: string): Item {
  return { [KEYS.partition]: { S: tenantPartition(tenant) }, [KEYS.sort]: { S: 'VERSION' } };
}

/** A subscription as an item, its secrets sealed. */
export async function toSubscriptionItem(subscription: Subscription, sealer: Sealer): Promise<Item> {
  const { secrets, headers, filter, ...plain } = subscription;
  const place = { tenant: subscription.tenant, subscription: subscription.id };
  const stored: StoredSubscription = {
    ...plain,
    filter: filter === null ? null : JSON.stringify(filter),
    sealed: await sealer.seal(JSON.stringify({ secrets, headers } satisfies Secrets), place),
  };
  return {
    ...subscriptionKey(subscription.tenant, subscription.id),
    ...toItem({ ...stored, [INDEXES.subscriptionsByCreation.sort]: subscriptionPosition(subscription) }),
  };
}

/** Reads a subscription. One whose sealed part is missing or damaged has no secrets, so nothing is sent to it. */
export async function fromSubscriptionItem(item: Item, sealer: Sealer): Promise<Subscription> {
  const stored = fromItem<StoredSubscription>(item);
  const place = { tenant: stored.tenant, subscription: stored.id };
  const opened = stored.sealed === undefined ? null : await sealer.open(stored.sealed, place);
  const { secrets, headers } =
    opened === null ? { secrets: [], headers: {} } : (JSON.parse(opened) as Secrets);
  return {
    tenant: stored.tenant,
    id: stored.id,
    url: stored.url,
    eventTypes: stored.eventTypes,
    filter: parseFilter(stored.filter),
    description: stored.description,
    metadata: stored.metadata,
    headers,
    format: stored.format,
    rateLimit: stored.rateLimit,
    timeoutSeconds: stored.timeoutSeconds,
    retrySchedule: stored.retrySchedule,
    status: stored.status,
    statusReason: stored.statusReason,
    ...(stored.unproven === undefined ? {} : { unproven: stored.unproven }),
    createdAt: stored.createdAt,
    updatedAt: stored.updatedAt,
    secrets,
    revision: stored.revision,
    // Rows written before endpoints were told apart have none.
    endpointRevision: stored.endpointRevision ?? 1,
  };
}

/** What fan-out reads of each subscription. */
export const INTEREST = ['id', 'eventTypes', 'filter'] as const;

/** Reads that, and nothing of what is in the filter. */
export function toStoredInterest({ id, eventTypes, filter }: Item): StoredInterest {
  return {
    id: id?.S ?? '',
    eventTypes: eventTypes?.L?.map(({ S = '' }) => S) ?? [],
    filter: filter?.S ?? null,
  };
}

/** Reads what a subscription asks for; nothing is opened. */
export function fromInterestItem(item: Item): SubscriptionInterest {
  const { id, eventTypes, filter, status } = fromItem<StoredSubscription>(item);
  return { id, eventTypes, filter: parseFilter(filter), status };
}

function parseFilter(text: string | null): Subscription['filter'] {
  return text === null ? null : (parseExactJson(text) as Subscription['filter']);
}
