import type { DeadLetterMessage, DeliveryMessage } from '../../contract/messages.ts';
import { decodeDeadLetterMessage, decodeDeliveryMessage } from '../../core/message.ts';
import type { SweepDeps } from '../../core/retry/sweep.ts';
import { createRetry } from '../../lambdas/retry.ts';
import { FakeClock } from './clock.ts';
import { FakeDeadLetters } from './dead-letters.ts';
import { deliveryMessage, eventEnvelope } from './delivery-messages.ts';
import { FakeDeliveryLog } from './fake-delivery-log.ts';
import { FakeEventStore } from './fake-event-store.ts';
import { FakeLog } from './fake-log.ts';
import { FakeMeter } from './fake-meter.ts';
import { FakeQueue } from './fake-queue.ts';
import { lambdaContext } from './http-event.ts';
import { FakeParkingLot } from './parking-lot.ts';

/** The real retry handler over fakes. */
export function retryBench(fakes: Partial<SweepDeps> = {}) {
  const clock = new FakeClock();
  const lot = new FakeParkingLot();
  const events = new FakeEventStore(clock);
  const queue = new FakeQueue();
  const deadLetterQueue = new FakeQueue();
  const deadLetters = new FakeDeadLetters();
  const deliveryLog = new FakeDeliveryLog();
  const log = new FakeLog();
  const meter = new FakeMeter();
  const handler = createRetry({
    due: lot,
    events,
    deliveries: queue,
    deliveryLog,
    deadLetters,
    deadLetterQueue,
    clock,
    log,
    meter,
    ...fakes,
  });
  return {
    clock,
    lot,
    events,
    queue,
    deadLetterQueue,
    deadLetters,
    deliveryLog,
    log,
    meter,
    /** One tick, with so much time left. */
    sweep: (remainingMs = 50_000): Promise<void> => handler({}, lambdaContext(remainingMs)),
    /** Puts an event on record and parks a delivery of it. */
    park: async (event: string, dueAt: number, fields: Partial<DeliveryMessage> = {}): Promise<void> => {
      const envelope = eventEnvelope({ id: event, acceptedAt: clock.now() });
      await events.own({ ...envelope, data: dataOf(event), requestId: event, matched: 1, shards: 1 });
      await lot.park({ message: deliveryMessage({ event: envelope, ...fields }), dueAt }, 0);
    },
    /** Events of the messages sent, in order. */
    sent: (): readonly string[] => queue.bodies.map((body) => decodeDeliveryMessage(body).header.event.id),
    letters: (): readonly DeadLetterMessage[] =>
      deadLetterQueue.bodies.map((body) => decodeDeadLetterMessage(body).header),
  };
}

/** The data of an event made by `park`. */
export function dataOf(event: string): string {
  return `{ "event": "${event}", "n": 1.0 }`;
}
