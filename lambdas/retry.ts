import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { DynamoDeadLetters } from '../adapters/dynamo-dead-letters.ts';
import { DynamoDeliveryLog } from '../adapters/dynamo-delivery-log.ts';
import { DynamoEventReads } from '../adapters/dynamo-event-reads.ts';
import { DynamoParkingLot } from '../adapters/dynamo-parking-lot.ts';
import { SqsQueue } from '../adapters/sqs-queue.ts';
import { systemClock } from '../adapters/system.ts';
import { ENV } from '../contract/environment.ts';
import { type SweepDeps, sweep } from '../core/retry/sweep.ts';
import { observe } from './edge/observe.ts';
import { dynamo, observability, once, required, sqs } from './wiring.ts';

/** Handles the tick of each minute; what the tick says does not matter. */
export function createRetry(deps: SweepDeps) {
  return middy<unknown, void>()
    .use(observe(deps))
    .handler((_tick, context) => sweep(deps, { remainingMs: () => context.getRemainingTimeInMillis() }));
}

const retry = once(() => {
  const deliveries = required(ENV.deliveriesTable);
  return createRetry({
    due: new DynamoParkingLot(dynamo(), deliveries),
    events: new DynamoEventReads(dynamo(), required(ENV.eventsTable), systemClock),
    deliveries: new SqsQueue(sqs(), required(ENV.deliveriesQueue)),
    deliveryLog: new DynamoDeliveryLog(dynamo(), deliveries),
    deadLetters: new DynamoDeadLetters(dynamo(), deliveries),
    deadLetterQueue: new SqsQueue(sqs(), required(ENV.deadLettersQueue)),
    clock: systemClock,
    ...observability(),
  });
});

/** Entry of the function `retry`. */
export const handler = (tick: unknown, context: Context) => retry()(tick, context);
