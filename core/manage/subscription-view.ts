import type { SubscriptionBody } from '../../contract/api.ts';
import type { Caller } from '../api-key.ts';
import { formatTime } from '../rfc3339.ts';
import { retryScheduleOf, type Subscription, timeoutMsOf } from '../subscription.ts';
import { shownUrl } from './shown-url.ts';
import { MASKED_VALUE } from './subscription-input.ts';
import type { TenantRecord } from './tenant-store.ts';

/**
 * A subscription as answers show it to the caller: no secrets, header values masked, defaults spelled out, those of its
 * tenant before our own.
 */
export function subscriptionView(
  caller: Caller,
  subscription: Subscription,
  tenant: Pick<TenantRecord, 'retrySchedule'> | null,
): SubscriptionBody {
  const retrySchedule = subscription.retrySchedule ?? tenant?.retrySchedule ?? null;
  return {
    id: subscription.id,
    tenant: subscription.tenant,
    url: shownUrl(caller, subscription.url),
    eventTypes: subscription.eventTypes,
    filter: subscription.filter,
    description: subscription.description,
    metadata: subscription.metadata,
    headers: Object.fromEntries(Object.keys(subscription.headers).map((name) => [name, MASKED_VALUE])),
    format: subscription.format,
    rateLimit: subscription.rateLimit,
    timeoutSeconds: timeoutMsOf(subscription) / 1000,
    retrySchedule: retryScheduleOf({ ...subscription, retrySchedule }),
    status: subscription.status,
    statusReason: subscription.statusReason,
    createdAt: formatTime(subscription.createdAt),
    updatedAt: formatTime(subscription.updatedAt),
  };
}
