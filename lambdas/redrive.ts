import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { DynamoDeadLetters } from '../adapters/dynamo-dead-letters.ts';
import { DynamoDeliveryLog } from '../adapters/dynamo-delivery-log.ts';
import { DynamoEventReads } from '../adapters/dynamo-event-reads.ts';
import { DynamoSubscriptionDirectory } from '../adapters/dynamo-subscription-directory.ts';
import { DynamoTasks } from '../adapters/dynamo-tasks.ts';
import { SqsDeadLetters } from '../adapters/sqs-dead-letters.ts';
import { SqsQueue } from '../adapters/sqs-queue.ts';
import { systemAfter, systemClock } from '../adapters/system.ts';
import { ENV } from '../contract/environment.ts';
import { OperationalEvents } from '../core/operational-events.ts';
import { type RedriveDeps, workOnTask } from '../core/redrive/work-on-task.ts';
import { deliveryLogMode } from './edge/delivery-log-mode.ts';
import { observe } from './edge/observe.ts';
import { type FailedMessageIds, sqsPartialBatch } from './edge/sqs-partial-batch.ts';
import { dynamo, observability, once, required, sqs } from './wiring.ts';

/** Handles messages of the queue `tasks`, one after the other. */
export function createRedrive(deps: RedriveDeps) {
  return middy<SQSEvent, FailedMessageIds | SQSBatchResponse>()
    .use(observe(deps))
    .use(sqsPartialBatch())
    .handler(async (event, context) => {
      const failed = new Set<string>();
      for (const { messageId, body } of event.Records) {
        try {
          await workOnTask(deps, body, { remainingMs: () => context.getRemainingTimeInMillis() });
        } catch (cause) {
          failed.add(messageId);
          deps.meter.measure('BatchItemsReturned', 1, 'redrive');
          deps.log.error('redrive.failed', { messageId }, cause);
        }
      }
      return failed;
    });
}

const redrive = once(() => {
  const deliveries = required(ENV.deliveriesTable);
  const { log, meter } = observability();
  return createRedrive({
    tasks: new DynamoTasks(dynamo(), deliveries),
    letters: new SqsDeadLetters(sqs(), required(ENV.deadLettersQueue)),
    index: new DynamoDeadLetters(dynamo(), deliveries),
    subscriptions: new DynamoSubscriptionDirectory(dynamo(), required(ENV.subscriptionsTable)),
    events: new DynamoEventReads(dynamo(), required(ENV.eventsTable), systemClock),
    deliveryLog: new DynamoDeliveryLog(dynamo(), deliveries, { mode: deliveryLogMode() }),
    deliveries: new SqsQueue(sqs(), required(ENV.deliveriesQueue)),
    operational: new OperationalEvents({
      queue: new SqsQueue(sqs(), required(ENV.eventsQueue)),
      clock: systemClock,
      log,
    }),
    taskQueue: new SqsQueue(sqs(), required(ENV.tasksQueue)),
    clock: systemClock,
    after: systemAfter,
    log,
    meter,
  });
});

/** Entry of the function `redrive`. */
export const handler = (event: SQSEvent, context: Context) => redrive()(event, context);
