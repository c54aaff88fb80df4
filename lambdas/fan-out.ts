import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { pause } from '../adapters/aws/backoff.ts';
import { DynamoDeliveryLog } from '../adapters/dynamo-delivery-log.ts';
import { DynamoEventClaims } from '../adapters/dynamo-event-claims.ts';
import { DynamoEventRecords } from '../adapters/dynamo-event-records.ts';
import { DynamoSubscriptionDirectory } from '../adapters/dynamo-subscription-directory.ts';
import { SqsAcknowledgements } from '../adapters/sqs-acknowledgements.ts';
import { SqsQueue } from '../adapters/sqs-queue.ts';
import { systemClock } from '../adapters/system.ts';
import { ENV } from '../contract/environment.ts';
import { FAN_OUT } from '../contract/limits.ts';
import { type FanOutDeps, fanOutBatch } from '../core/fan-out/fan-out-batch.ts';
import { SubscriptionLists } from '../core/fan-out/subscription-lists.ts';
import { observe } from './edge/observe.ts';
import { type FailedMessageIds, receivedRecord, sqsPartialBatch } from './edge/sqs-partial-batch.ts';
import { dynamo, memoryBytes, observability, once, required, sqs } from './wiring.ts';

export interface FanOutFunctionDeps extends FanOutDeps {
  /** Of the queue `events`. */
  readonly acknowledgements: { acknowledge(receipts: readonly string[]): Promise<void> };
}

/** Handles a batch of the queue `events`. */
export function createFanOut(deps: FanOutFunctionDeps) {
  return middy<SQSEvent, FailedMessageIds | SQSBatchResponse>()
    .use(observe(deps))
    .use(sqsPartialBatch())
    .handler((event, context) => {
      const receipts = new Map(event.Records.map((record) => [record.messageId, record.receiptHandle]));
      return fanOutBatch(deps, event.Records.map(receivedRecord), {
        remainingMs: () => context.getRemainingTimeInMillis(),
        acknowledge: (ids) => deps.acknowledgements.acknowledge(ids.flatMap((id) => receipts.get(id) ?? [])),
      });
    });
}

const fanOut = once(() => {
  const { log, meter } = observability();
  const directory = new DynamoSubscriptionDirectory(dynamo(), required(ENV.subscriptionsTable));
  return createFanOut({
    subscriptions: new SubscriptionLists(directory, log, systemClock, memoryBytes() * FAN_OUT.keptShare),
    claims: new DynamoEventClaims(dynamo(), required(ENV.eventsTable), systemClock),
    records: new DynamoEventRecords(dynamo(), required(ENV.eventsTable), systemClock),
    started: new DynamoDeliveryLog(dynamo(), required(ENV.deliveriesTable)),
    queue: new SqsQueue(sqs(), required(ENV.deliveriesQueue)),
    slowQueue: new SqsQueue(sqs(), required(ENV.slowDeliveriesQueue)),
    events: new SqsQueue(sqs(), required(ENV.eventsQueue)),
    acknowledgements: new SqsAcknowledgements(sqs(), required(ENV.eventsQueue)),
    pause,
    clock: systemClock,
    log,
    meter,
  });
});

/** Entry of the function `fan-out`. */
export const handler = (event: SQSEvent, context: Context) => fanOut()(event, context);
