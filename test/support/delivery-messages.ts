import type { DeadLetterMessage, DeliveryMessage, EventEnvelope } from '../../contract/messages.ts';

/** An event's envelope; name only what matters to the test. */
export function eventEnvelope(fields: Partial<EventEnvelope> = {}): EventEnvelope {
  return {
    tenant: 'acme',
    id: 'evt_1',
    type: 'order.created',
    subject: null,
    time: Date.UTC(2026, 0, 2),
    acceptedAt: Date.UTC(2026, 0, 2),
    metadata: {},
    ...fields,
  };
}

/** Header of a delivery message about a second attempt; name only what matters to the test. */
export function deliveryMessage(fields: Partial<DeliveryMessage> = {}): DeliveryMessage {
  return {
    v: 1,
    event: eventEnvelope(),
    shards: 1,
    attempt: 2,
    step: 1,
    run: '0',
    trigger: 'schedule',
    targets: ['sub_1'],
    ...fields,
  };
}

/** Header of a dead letter after ten attempts; name only what matters to the test. */
export function deadLetter(fields: Partial<DeadLetterMessage> = {}): DeadLetterMessage {
  return {
    ...deliveryMessage({ attempt: 10, step: 9 }),
    dead: { at: Date.UTC(2026, 0, 5), reason: 'exhausted', lastStatus: 500, lastError: null },
    ...fields,
  };
}
