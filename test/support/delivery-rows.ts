import type { AttemptResult, DeliveryRow } from '../../core/delivery.ts';
import { deliveryId } from '../../core/id.ts';

/** When the tests' events were accepted. */
export const ACCEPTED_AT = Date.UTC(2026, 0, 2);

/** What an attempt met; name only what matters to the test. */
export function attemptResult(fields: Partial<AttemptResult> = {}): AttemptResult {
  return {
    url: 'https://h.example/hook',
    durationMs: 41,
    status: 500,
    error: null,
    errorDetail: null,
    responseBody: 'no',
    responseTruncated: false,
    ...fields,
  };
}

/** A log row of a failed first attempt; name only what matters to the test. The delivery id follows. */
export function deliveryRow(fields: Partial<DeliveryRow> = {}): DeliveryRow {
  const row = {
    tenant: 'acme',
    event: 'evt_1',
    eventType: 'order.created',
    subscription: 'sub_1',
    shards: 1,
    createdAt: ACCEPTED_AT,
    attempt: 1,
    run: '0',
    trigger: 'schedule' as const,
    at: (fields.createdAt ?? ACCEPTED_AT) + 1_000 * (fields.attempt ?? 1),
    result: attemptResult(),
    status: 'retrying' as const,
    reason: null,
    nextAttemptAt: null,
    ...fields,
  };
  const event = { tenant: row.tenant, id: row.event, acceptedAt: row.createdAt };
  return { delivery: deliveryId(event, row.subscription), ...row };
}
