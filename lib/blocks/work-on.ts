import { Duration, Validations } from 'aws-cdk-lib';
import type { QueueWithPoisonQueue } from './queue-with-poison-queue.ts';
import type { ServiceFunction } from './service-function.ts';

/** Messages per run. More than ten would need a window to gather them in, and quiet traffic would wait for it. */
const BATCH_SIZE = 10;

export interface WorkOnProps {
  /**
   * Most runs at once, 2 to 1,000. Ten times this many messages are in flight at most: far below the 120,000
   * at which SQS silently hands out no more.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
   */
  readonly maxConcurrency: number;
  /** @default 10 */
  readonly batchSize?: number;
  /** How long a run waits for its batch to fill, in seconds. @default 0 */
  readonly gatherSeconds?: number;
}

/** Has a function work on a queue. It answers which messages failed; only those come again. */
export function workOn(
  fn: ServiceFunction,
  id: string,
  source: QueueWithPoisonQueue,
  props: WorkOnProps,
): void {
  const mapping = fn.addEventSourceMapping(id, {
    eventSourceArn: source.queue.queueArn,
    batchSize: props.batchSize ?? BATCH_SIZE,
    ...(props.gatherSeconds === undefined
      ? {}
      : { maxBatchingWindow: Duration.seconds(props.gatherSeconds) }),
    maxConcurrency: props.maxConcurrency,
    reportBatchItemFailures: true,
  });
  Validations.of(mapping).acknowledge({
    id: 'Serverless::Serverless-LambdaEventSourceMappingDestination',
    reason: 'It is for streams; a queue keeps its messages and has a poison queue.',
  });
  source.queue.grantConsumeMessages(fn);
}
