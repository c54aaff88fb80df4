import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { pause } from '../adapters/aws/backoff.ts';
import { DynamoDeadLetters } from '../adapters/dynamo-dead-letters.ts';
import { DynamoDeliveryLog } from '../adapters/dynamo-delivery-log.ts';
import { DynamoHealth } from '../adapters/dynamo-health.ts';
import { DynamoPace } from '../adapters/dynamo-pace.ts';
import { DynamoParkingLot } from '../adapters/dynamo-parking-lot.ts';
import { DynamoSubscriptionSwitch } from '../adapters/dynamo-subscription-switch.ts';
import { DynamoSubscriptions } from '../adapters/dynamo-subscriptions.ts';
import { HttpsDestination } from '../adapters/https-destination.ts';
import { SqsInbox } from '../adapters/sqs-inbox.ts';
import { SqsQueue } from '../adapters/sqs-queue.ts';
import { systemAfter, systemClock, systemRandom } from '../adapters/system.ts';
import { ENV } from '../contract/environment.ts';
import type { DispatchDeps } from '../core/dispatch/batch.ts';
import { CachedSubscriptions } from '../core/dispatch/cached-subscriptions.ts';
import { Care } from '../core/dispatch/care.ts';
import { dispatchBatch } from '../core/dispatch/dispatch-batch.ts';
import { PaceGate } from '../core/dispatch/pace-gate.ts';
import type { DeliveryInbox } from '../core/dispatch/ports.ts';
import { SOCKETS, SocketSlots } from '../core/dispatch/socket-slots.ts';
import { UnloggedRows } from '../core/dispatch/unlogged-rows.ts';
import { OperationalEvents } from '../core/operational-events.ts';
import { deliveryLogMode } from './edge/delivery-log-mode.ts';
import { observe } from './edge/observe.ts';
import { sealer } from './edge/sealer.ts';
import { type FailedMessageIds, receivedRecord, sqsPartialBatch } from './edge/sqs-partial-batch.ts';
import { destinationPolicy, dynamo, observability, once, required, sqs } from './wiring.ts';

/** The queue that has this name, to receive from; null if it is not to be received from. */
export type InboxOf = (queueName: string) => DeliveryInbox | null;

/** Handles a batch of `deliveries` or `slow-deliveries`. */
export function createDispatch(deps: DispatchDeps, inboxOf: InboxOf = () => null) {
  return middy<SQSEvent, FailedMessageIds | SQSBatchResponse>()
    .use(observe(deps))
    .use(sqsPartialBatch())
    .handler((event, context) => {
      const deadline = { remainingMs: () => context.getRemainingTimeInMillis() };
      const queueName = event.Records[0]?.eventSourceARN.split(':').at(-1) ?? '';
      return dispatchBatch(deps, event.Records.map(receivedRecord), deadline, inboxOf(queueName));
    });
}

/** The queues by name, which is the last part of their URL and of their ARN. */
function inboxes(...urls: readonly string[]): InboxOf {
  const byName = new Map(urls.map((url) => [url.split('/').at(-1) ?? '', new SqsInbox(sqs(), url)]));
  return (name) => byName.get(name) ?? null;
}

const dispatch = once(() => {
  const deliveries = required(ENV.deliveriesTable);
  const stored = new DynamoSubscriptions(dynamo(), required(ENV.subscriptionsTable), sealer());
  const subscriptions = new CachedSubscriptions(stored, systemClock);
  const health = new DynamoHealth(dynamo(), required(ENV.subscriptionsTable));
  const pace = new DynamoPace(dynamo(), required(ENV.subscriptionsTable));
  const { log, meter } = observability();
  const operational = new OperationalEvents({
    queue: new SqsQueue(sqs(), required(ENV.eventsQueue)),
    clock: systemClock,
    log,
  });
  const care = new Care({
    health,
    pace: new PaceGate({ pace, clock: systemClock, pause }),
    switch: new DynamoSubscriptionSwitch(dynamo(), required(ENV.subscriptionsTable)),
    copies: subscriptions,
    operational,
    clock: systemClock,
    random: systemRandom,
    pause,
    log,
    meter,
  });
  const [ordinary, slow] = [required(ENV.deliveriesQueue), required(ENV.slowDeliveriesQueue)];
  const deps: DispatchDeps = {
    subscriptions,
    care,
    operational,
    destination: new HttpsDestination({
      policy: destinationPolicy(required(ENV.ownHosts)),
      clock: systemClock,
    }),
    slots: new SocketSlots(SOCKETS),
    deliveryLog: new DynamoDeliveryLog(dynamo(), deliveries, { mode: deliveryLogMode() }),
    unlogged: new UnloggedRows(),
    parking: new DynamoParkingLot(dynamo(), deliveries),
    deadLetters: new DynamoDeadLetters(dynamo(), deliveries),
    deliveries: new SqsQueue(sqs(), ordinary),
    slowDeliveries: new SqsQueue(sqs(), slow),
    deadLetterQueue: new SqsQueue(sqs(), required(ENV.deadLettersQueue)),
    clock: systemClock,
    random: systemRandom,
    pause,
    after: systemAfter,
    version: required(ENV.version),
    log,
    meter,
  };
  return createDispatch(deps, inboxes(ordinary, slow));
});

/** Entry of the function `dispatch`. */
export const handler = (event: SQSEvent, context: Context) => dispatch()(event, context);
