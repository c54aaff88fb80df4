import type { MiddlewareObj } from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { ReceivedRecord } from '../../core/queue.ts';

/** Ids of the messages that could not be worked on and must come again. */
export type FailedMessageIds = ReadonlySet<string>;

/**
 * Turns the ids a handler returns into the answer SQS event source mappings understand. A handler that
 * throws fails the whole batch.
 */
export function sqsPartialBatch(): MiddlewareObj<SQSEvent, FailedMessageIds | SQSBatchResponse> {
  return {
    after: (request) => {
      if (!(request.response instanceof Set))
        throw new Error('the handler did not say which messages failed');
      const failed: FailedMessageIds = request.response;
      request.response = { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
    },
  };
}

/** The parts of a record that `core` needs. */
export function receivedRecord(record: SQSRecord): ReceivedRecord {
  return {
    messageId: record.messageId,
    body: record.body,
    receiveCount: Number(record.attributes.ApproximateReceiveCount),
    receipt: record.receiptHandle,
  };
}
