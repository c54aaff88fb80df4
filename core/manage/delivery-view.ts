import type { AttemptBody, DeliveryBody, DeliverySummary } from '../../contract/api.ts';
import type { Trigger } from '../../contract/messages.ts';
import type { Caller } from '../api-key.ts';
import type { AttemptResult, DeliveryRow } from '../delivery.ts';
import type { Delivery } from '../delivery-fold.ts';
import { formatTime } from '../rfc3339.ts';
import { shownAnswer, shownUrl } from './shown-url.ts';

/**
 * A delivery as lists show it: the last attempt only, and that without response body and timings, which not every list
 * has.
 */
export function deliverySummary(caller: Caller, delivery: Delivery): DeliverySummary {
  const last = delivery.attempts.at(-1);
  return {
    ...head(delivery),
    attemptCount: delivery.attempts.length,
    lastAttempt: last === undefined ? null : listedAttempt(caller, last),
  };
}

/** A delivery with some of its attempts. */
export function deliveryBody(
  delivery: Delivery,
  page: Pick<DeliveryBody, 'attempts' | 'attemptsCursor'>,
): DeliveryBody {
  return { ...head(delivery), attemptCount: delivery.attempts.length, ...page };
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

/** A row that sent something as the caller may see it. */
export function attempt(caller: Caller, row: DeliveryRow): AttemptBody {
  return attemptBody(caller, row.request ?? row.attempt, row.at, row.trigger, row.result);
}

function listedAttempt(caller: Caller, row: DeliveryRow): AttemptBody {
  const { timings: _timings, ...listed } = attempt(caller, row);
  return { ...listed, responseBody: null };
}

/** An attempt as answers show it to the caller. `at` in epoch milliseconds. */
export function attemptBody(
  caller: Caller,
  number: number,
  at: number,
  trigger: Trigger,
  result: AttemptResult | null,
): AttemptBody {
  return {
    number,
    at: formatTime(at),
    url: shownUrl(caller, result?.url ?? ''),
    durationMs: result?.durationMs ?? 0,
    ...(result?.timings ? { timings: result.timings } : {}),
    status: result?.status ?? null,
    error: result?.error ?? null,
    errorDetail: result?.errorDetail ?? null,
    responseBody: shownAnswer(caller, result?.url ?? '', result?.responseBody ?? null),
    responseTruncated: result?.responseTruncated ?? false,
    trigger,
  };
}
