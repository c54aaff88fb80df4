import type { AttemptResult, DeliveryRow } from '../../core/delivery.ts';
import { deliveryId } from '../../core/id.ts';
import type { EventReads, ListedEvent } from '../../core/manage/event-reads.ts';

/** When the tests' events were accepted. */
export const ACCEPTED_AT = Date.UTC(2026, 0, 2);

/** What an attempt met; name only what matters to the test. */
export function attemptResult(fields: Partial<AttemptResult> = {}): AttemptResult {
  return {
    url: 'https://h.example/hook',
    durationMs: 41,
    timings: null,
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
  const request = row.result === null ? null : (fields.request ?? row.attempt);
  return { delivery: deliveryId(event, row.subscription), ...row, request };
}

/** A log row of a first attempt that succeeded. Its response body is not kept by every log, and left out here. */
export function successRow(fields: Partial<DeliveryRow> = {}): DeliveryRow {
  return deliveryRow({
    result: attemptResult({ status: 204, responseBody: null }),
    status: 'succeeded',
    ...fields,
  });
}

/** A row as all reads but `wholeRows` give it. */
export function listedRow(row: DeliveryRow): DeliveryRow {
  return { ...row, result: row.result && { ...row.result, responseBody: null, timings: null } };
}

/** A list of these events, in small pages, as the event store gives it; remembers how many were taken from it. */
export class ListedEvents implements Pick<EventReads, 'newest'> {
  taken = 0;
  readonly #events: readonly ListedEvent[];

  constructor(rows: readonly DeliveryRow[]) {
    const byId = new Map(rows.map((row) => [row.event, row]));
    this.#events = [...byId.values()]
      .map(({ tenant, event: id, eventType: type, createdAt: acceptedAt, shards }) => ({
        ...{ tenant, id, type, acceptedAt, time: acceptedAt, shards },
        ...{ subject: null, metadata: {}, matched: 1 },
      }))
      .sort((a, b) => b.acceptedAt - a.acceptedAt || (a.id > b.id ? -1 : 1));
  }

  async *newest(tenant: string, filter: Parameters<EventReads['newest']>[1]) {
    const { since, until } = filter;
    const listed = this.#events.filter(
      (event) =>
        event.tenant === tenant && event.acceptedAt >= (since ?? 0) && event.acceptedAt < (until ?? Infinity),
    );
    for (let at = 0; at < listed.length; at += 30) {
      const page = listed.slice(at, at + 30);
      this.taken += page.length;
      yield page;
    }
  }
}
