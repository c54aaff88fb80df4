import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type FanOutDeps, fanOutBatch } from '../core/fan-out/fan-out-batch.ts';
import { type FailedMessageIds, receivedRecord, sqsPartialBatch } from './edge/sqs-partial-batch.ts';

/** Handles a batch of the queue `events`. */
export function createFanOut(deps: FanOutDeps) {
  return middy<SQSEvent, FailedMessageIds | SQSBatchResponse>()
    .use(sqsPartialBatch())
    .handler((event) => fanOutBatch(deps, event.Records.map(receivedRecord)));
}
