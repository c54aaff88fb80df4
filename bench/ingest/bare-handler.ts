// The least that a function must do to take an event in: parse it, give it an id, send it on.
import { randomUUID } from 'node:crypto';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });

/** Entry of the bare function. */
export async function handler(event: APIGatewayProxyEventV2): Promise<object> {
  const body: object = JSON.parse(event.body ?? '');
  const id = randomUUID();
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: process.env.FANFARE_EVENTS_QUEUE_URL,
      MessageBody: JSON.stringify({ id, ...body }),
    }),
  );
  return {
    statusCode: 202,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id }),
  };
}
