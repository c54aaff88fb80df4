import type { SQSEvent, SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import type { Received } from '../sqs/server.ts';
import { PLACE } from '../template/names.ts';

/** The event a function gets for messages. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function sqsEvent(batch: readonly Received[], queueArn: string): SQSEvent {
  return { Records: batch.map((received) => record(received, queueArn)) };
}

function record({ receiptHandle, message }: Received, eventSourceARN: string): SQSRecord {
  const { messageGroupId } = message;
  return {
    messageId: message.messageId,
    receiptHandle,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.approximateReceiveCount),
      SentTimestamp: String(message.sentTimestamp),
      SenderId: PLACE.account,
      ApproximateFirstReceiveTimestamp: String(message.approximateFirstReceiveTimestamp ?? Date.now()),
      ...(messageGroupId === undefined ? {} : { MessageGroupId: messageGroupId }),
    },
    messageAttributes: attributes(message.messageAttributes),
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion: PLACE.region,
  };
}

function attributes(given: Received['message']['messageAttributes']): SQSMessageAttributes {
  const entries = Object.entries(given).map(([name, value]) => [
    name,
    {
      dataType: value.DataType,
      ...(value.StringValue === undefined ? {} : { stringValue: value.StringValue }),
      ...(value.BinaryValue === undefined ? {} : { binaryValue: value.BinaryValue }),
      stringListValues: [],
      binaryListValues: [],
    },
  ]);
  return Object.fromEntries(entries);
}
