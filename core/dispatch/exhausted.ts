import type { DeliveryRow } from '../delivery.ts';

/** What to publish of a delivery that is given up: the operational event's type, its occasion and its data. */
export function exhausted(delivery: string, row: DeliveryRow) {
  const { tenant, subscription, event, eventType, reason, attempt } = row;
  const data = { tenant, subscription, event, eventType, delivery: row.delivery, reason };
  return ['delivery.exhausted', `${delivery}/${attempt}`, data] as const;
}
