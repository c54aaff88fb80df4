import type { DeliveryMessage } from '../../contract/messages.ts';
import type { DispatchDeps } from '../../core/dispatch/batch.ts';
import { CachedSubscriptions } from '../../core/dispatch/cached-subscriptions.ts';
import { Care } from '../../core/dispatch/care.ts';
import { PaceGate } from '../../core/dispatch/pace-gate.ts';
import type {
  DeliveryInbox,
  Destination,
  OutgoingRequest,
  SendOutcome,
  SendResult,
} from '../../core/dispatch/ports.ts';
import { SOCKETS, SocketSlots } from '../../core/dispatch/socket-slots.ts';
import { UnloggedRows } from '../../core/dispatch/unlogged-rows.ts';
import { decodeDeliveryMessage, decodeEventMessage, encodeMessage } from '../../core/message.ts';
import type { Meter } from '../../core/meter.ts';
import { OperationalEvents } from '../../core/operational-events.ts';
import type { ReceivedRecord } from '../../core/queue.ts';
import { createDispatch } from '../../lambdas/dispatch.ts';
import { FakeClock, seededRandom } from './clock.ts';
import { FakeDeadLetters } from './dead-letters.ts';
import { deliveryMessage, eventEnvelope } from './delivery-messages.ts';
import { FakeDeliveryLog } from './fake-delivery-log.ts';
import { FakeHealth } from './fake-health.ts';
import { FakeLog } from './fake-log.ts';
import { FakeMeter } from './fake-meter.ts';
import { FakeQueue } from './fake-queue.ts';
import { FakeSubscriptions } from './fake-subscriptions.ts';
import { lambdaContext } from './http-event.ts';
import { FakeParkingLot } from './parking-lot.ts';

/** An answer with this status. */
export function answer(
  status: number,
  fields: Partial<Extract<SendOutcome, { kind: 'answered' }>> = {},
): SendOutcome {
  return {
    kind: 'answered',
    status,
    retryAfter: null,
    body: 'x',
    truncated: false,
    durationMs: 12,
    timings: null,
    ...fields,
  };
}

/** Everything dispatch touches, in memory; what endpoints answer is up to the test. */
export class DispatchWorld {
  readonly clock = new FakeClock();
  readonly subscriptions = new FakeSubscriptions();
  readonly log: FakeDeliveryLog = new FakeDeliveryLog();
  readonly unlogged = new UnloggedRows();
  readonly parking = new FakeParkingLot();
  readonly deadLetters = new FakeDeadLetters();
  readonly deliveries = new FakeQueue();
  readonly slowDeliveries = new FakeQueue();
  readonly deadLetterQueue = new FakeQueue();
  readonly events = new FakeQueue();
  readonly health = new FakeHealth(this.subscriptions);
  readonly lines = new FakeLog();
  readonly slots = new SocketSlots(SOCKETS);
  readonly meter: Meter;
  /** Requests that went out, in order. */
  readonly requests: OutgoingRequest[] = [];
  /** What endpoints answer, by URL; 200 unless said otherwise. */
  respond: (request: OutgoingRequest, earlier: number) => SendOutcome = () => answer(200);
  /** Takes the place of `respond` where an answer takes its time. */
  destination: ((request: OutgoingRequest) => Promise<SendResult>) | null = null;

  /** What a run can receive by itself; nothing unless a test says so. */
  inbox: DeliveryInbox | null = null;

  constructor(meter: Meter = new FakeMeter()) {
    this.meter = meter;
  }

  /** Runs the function on a batch in a new environment. Answers the ids of the messages that come again. */
  run(records: readonly ReceivedRecord[], remainingMs = 60_000): Promise<readonly string[]> {
    return this.environment().run(records, remainingMs);
  }

  /** An environment, which remembers what it read and learnt; it runs the function on batches, as Lambda would. */
  environment() {
    const dispatch = createDispatch(this.deps(), (queue) => (queue === 'deliveries' ? this.inbox : null));
    return {
      run: (records: readonly ReceivedRecord[], remainingMs = 60_000) =>
        this.#run(dispatch, records, remainingMs),
    };
  }

  /** Types of the events that Fanfare itself told. */
  get told(): readonly string[] {
    return this.events.bodies.map((body) => decodeEventMessage(body).header.event.type);
  }

  async #run(
    dispatch: ReturnType<typeof createDispatch>,
    records: readonly ReceivedRecord[],
    remainingMs: number,
  ): Promise<readonly string[]> {
    const Records = records.map(({ messageId, body, receiveCount }) => ({
      messageId,
      body,
      receiptHandle: messageId,
      attributes: {
        ApproximateReceiveCount: String(receiveCount),
        SentTimestamp: '0',
        SenderId: '',
        ApproximateFirstReceiveTimestamp: '0',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:deliveries',
      awsRegion: 'us-east-1',
    }));
    const result = await dispatch({ Records }, lambdaContext(remainingMs));
    if (!('batchItemFailures' in result)) throw new Error('no answer for the event source mapping');
    return result.batchItemFailures.map((failure) => failure.itemIdentifier);
  }

  /** The next attempts that were put on `deliveries`. */
  get next(): readonly (DeliveryMessage & { delaySeconds: number })[] {
    return this.deliveries.sent.map(({ body, delaySeconds = 0 }) => ({
      ...decodeDeliveryMessage(body).header,
      delaySeconds,
    }));
  }

  deps(): DispatchDeps {
    const destination: Destination = {
      send: async (request) => {
        const earlier = this.requests.filter(({ url }) => url === request.url).length;
        this.requests.push(request);
        return this.destination === null ? this.respond(request, earlier) : this.destination(request);
      },
    };
    const shared = {
      clock: this.clock,
      random: seededRandom(),
      log: this.lines,
      pause: async () => undefined,
    };
    const subscriptions = new CachedSubscriptions(this.subscriptions, this.clock);
    const operational = new OperationalEvents({ ...shared, queue: this.events });
    const pace = new PaceGate({ ...shared, pace: this.health });
    const care = new Care({
      ...shared,
      health: this.health,
      pace,
      switch: this.subscriptions,
      copies: subscriptions,
      operational,
      meter: this.meter,
    });
    return {
      ...shared,
      subscriptions,
      care,
      operational,
      destination,
      slots: this.slots,
      deliveryLog: this.log,
      unlogged: this.unlogged,
      parking: this.parking,
      deadLetters: this.deadLetters,
      deliveries: this.deliveries,
      slowDeliveries: this.slowDeliveries,
      deadLetterQueue: this.deadLetterQueue,
      after: (ms, work) => this.clock.after(ms, work),
      version: '1',
      meter: this.meter,
    };
  }
}

/** A message of the first attempt for these subscriptions, as received. */
export function received(
  targets: readonly string[],
  fields: Partial<DeliveryMessage> = {},
  receiveCount = 1,
): ReceivedRecord {
  const header = deliveryMessage({ attempt: 1, step: 0, targets, event: eventEnvelope(), ...fields });
  return {
    messageId: `m-${header.event.id}-${targets[0]}-${header.attempt}`,
    body: encodeMessage(header, '{"n":1}'),
    receiveCount,
  };
}
