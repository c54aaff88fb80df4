import type { AttemptBody, DeliveryBody, DeliverySummary } from '../../contract/api.ts';
import type { DeliveryRow } from '../delivery.ts';
import type { Delivery } from '../delivery-fold.ts';
import { formatTime } from '../rfc3339.ts';

/** A delivery as lists show it. */
export function deliverySummary(delivery: Delivery): DeliverySummary {
  const last = delivery.attempts.at(-1);
  return {
    ...head(delivery),
    attemptCount: delivery.attempts.length,
    lastAttempt: last === undefined ? null : attempt(last),
  };
}

/** A delivery with all its attempts. */
export function deliveryBody(delivery: Delivery): DeliveryBody {
  return { ...head(delivery), attempts: delivery.attempts.map(attempt) };
}

function head(delivery: Delivery) {
  return {
    id: delivery.id,
    event: delivery.event,
    eventType: delivery.eventType,
    subscription: delivery.subscription,
    tenant: delivery.tenant,
    status: delivery.status,
    reason: delivery.reason,
    createdAt: formatTime(delivery.createdAt),
    nextAttemptAt: delivery.nextAttemptAt === null ? null : formatTime(delivery.nextAttemptAt),
  };
}

function attempt(row: DeliveryRow): AttemptBody {
  return {
    number: row.attempt,
    at: formatTime(row.at),
    url: row.result?.url ?? '',
    durationMs: row.result?.durationMs ?? 0,
    status: row.result?.status ?? null,
    error: row.result?.error ?? null,
    responseBody: row.result?.responseBody ?? null,
    responseTruncated: row.result?.responseTruncated ?? false,
    trigger: row.trigger,
  };
}
