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
import { SqsQueue } from '../adapters/sqs-queue.ts';
import { systemAfter, systemClock, systemRandom } from '../adapters/system.ts';
import { ENV } from '../contract/environment.ts';
import { CachedSubscriptions } from '../core/dispatch/cached-subscriptions.ts';
import { Care } from '../core/dispatch/care.ts';
import { type DispatchDeps, dispatchBatch } from '../core/dispatch/dispatch-batch.ts';
import { PaceGate } from '../core/dispatch/pace-gate.ts';
import { SOCKETS, SocketSlots } from '../core/dispatch/socket-slots.ts';
import { UnloggedRows } from '../core/dispatch/unlogged-rows.ts';
import { OperationalEvents } from '../core/operational-events.ts';
import { deliveryLogMode } from './edge/delivery-log-mode.ts';
import { observe } from './edge/observe.ts';
import { sealer } from './edge/sealer.ts';
import { type FailedMessageIds, receivedRecord, sqsPartialBatch } from './edge/sqs-partial-batch.ts';
import { destinationPolicy, dynamo, observability, once, required, sqs } from './wiring.ts';

/** Handles a batch of `deliveries` or `slow-deliveries`. */
export function createDispatch(deps: DispatchDeps) {
  return middy<SQSEvent, FailedMessageIds | SQSBatchResponse>()
    .use(observe(deps))
    .use(sqsPartialBatch())
    .handler((event, context) =>
      dispatchBatch(deps, event.Records.map(receivedRecord), {
        remainingMs: () => context.getRemainingTimeInMillis(),
      }),
    );
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
  return createDispatch({
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
    deliveries: new SqsQueue(sqs(), required(ENV.deliveriesQueue)),
    slowDeliveries: new SqsQueue(sqs(), required(ENV.slowDeliveriesQueue)),
    deadLetterQueue: new SqsQueue(sqs(), required(ENV.deadLettersQueue)),
    clock: systemClock,
    random: systemRandom,
    pause,
    after: systemAfter,
    version: required(ENV.version),
    log,
    meter,
  });
});

/** Entry of the function `dispatch`. */
export const handler = (event: SQSEvent, context: Context) => dispatch()(event, context);
