import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { EventEnvelope } from '../../contract/messages.ts';
import { SubscriptionLists } from '../../core/fan-out/subscription-lists.ts';
import { decodeDeliveryMessage, encodeMessage } from '../../core/message.ts';
import { createFanOut } from '../../lambdas/fan-out.ts';
import { FakeClock } from './clock.ts';
import { FakeDeliveryLog } from './fake-delivery-log.ts';
import { FakeEventStore } from './fake-event-store.ts';
import { FakeLog } from './fake-log.ts';
import { FakeMeter } from './fake-meter.ts';
import { FakeQueue } from './fake-queue.ts';
import { FakeSubscriptionDirectory } from './fake-subscription-directory.ts';
import { lambdaContext } from './http-event.ts';

/** A message on `events` as ingest would send it. */
export interface Posted extends Partial<EventEnvelope> {
  readonly data?: string;
  readonly requestId?: string;
}

/** The real fan-out handler over fakes. */
export function fanOutBench(keptBytes = 100e6) {
  const clock = new FakeClock();
  const queue = new FakeQueue();
  const slowQueue = new FakeQueue();
  const store = new FakeEventStore(clock);
  const deliveryLog = new FakeDeliveryLog();
  const directory = new FakeSubscriptionDirectory();
  const log = new FakeLog();
  const meter = new FakeMeter();
  const events = new FakeQueue();
  /** Pauses of the work so far, and what is done before each. */
  const pauses = { count: 0, before: (): void => undefined };
  /** Receipts of messages that were acknowledged early, in order. */
  const acknowledged: string[] = [];
  const handler = createFanOut({
    records: store,
    claims: store,
    started: deliveryLog,
    subscriptions: new SubscriptionLists(directory, log, clock, keptBytes),
    queue,
    slowQueue,
    events,
    acknowledgements: { acknowledge: async (receipts) => void acknowledged.push(...receipts) },
    pause: async () => {
      pauses.before();
      pauses.count++;
    },
    clock,
    log,
    meter,
  });

  const message = ({ data = '{"n":1}', requestId = 'req-1', ...fields }: Posted): string => {
    const acceptedAt = fields.acceptedAt ?? clock.now();
    const event = { tenant: 'acme', id: 'evt_1', type: 'order.created', subject: null, time: acceptedAt };
    return encodeMessage({ v: 1, requestId, event: { ...event, acceptedAt, metadata: {}, ...fields } }, data);
  };

  /** Hands the bodies over as one batch and answers the positions that come again. */
  const receive = async (
    bodies: readonly string[],
    receiveCount: number | readonly number[] = 1,
    context = lambdaContext(60_000),
  ): Promise<readonly number[]> => {
    const receives = (i: number) =>
      typeof receiveCount === 'number' ? receiveCount : (receiveCount[i] ?? 1);
    const event: SQSEvent = { Records: bodies.map((body, i) => sqsRecord(body, `m${i}`, receives(i))) };
    const result = await handler(event, context);
    if (!('batchItemFailures' in result)) throw new Error('no partial batch response');
    return result.batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier.slice(1)));
  };

  return {
    clock,
    queue,
    slowQueue,
    store,
    deliveryLog,
    directory,
    log,
    meter,
    message,
    receive,
    events,
    acknowledged,
    pauses,
    /** Hands over one batch of events. */
    fanOut: (...posted: readonly Posted[]) => receive(posted.map(message)),
    /** The delivery messages on the queue, taken apart. */
    deliveries: () => queue.bodies.map(decodeDeliveryMessage),
    /** `event subscription` of every target on the queue. */
    targets: () =>
      queue.bodies
        .map(decodeDeliveryMessage)
        .flatMap(({ header }) => header.targets.map((target) => `${header.event.id} ${target}`)),
  };
}

/** A record as an event source mapping hands it to a function. */
export function sqsRecord(body: string, messageId: string, receiveCount = 1): SQSRecord {
  return {
    messageId,
    receiptHandle: `receipt-${messageId}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: '1767323045678',
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: '1767323045678',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:events',
    awsRegion: 'us-east-1',
  };
}
