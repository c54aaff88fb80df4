import type { DeliveryRow } from '../delivery.ts';

/**
 * What to publish of a delivery that is given up: the operational event's type, its occasion and its data. `row` says
 * that it is.
 */
export function exhausted({
  tenant,
  subscription,
  event,
  eventType,
  delivery,
  reason,
  attempt,
}: DeliveryRow) {
  const data = { tenant, subscription, event, eventType, delivery, reason };
  return ['delivery.exhausted', `${delivery}/${attempt}`, data] as const;
}
