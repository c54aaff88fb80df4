import assert from 'node:assert/strict';
import type { Credentials } from '../../local/credentials.ts';

/** Sends up to ten messages to a queue with one bare call, unsigned but under the access key. */
export async function sendMessages(
  queueUrl: string,
  { accessKeyId }: Credentials,
  messages: readonly { readonly MessageBody: string; readonly MessageGroupId?: string }[],
): Promise<void> {
  const answer = await fetch(new URL('/', queueUrl), {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261128/us-east-1/sqs/aws4_request`,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.SendMessageBatch',
    },
    body: JSON.stringify({
      QueueUrl: queueUrl,
      Entries: messages.map((message, i) => ({ Id: String(i), ...message })),
    }),
  });
  assert.equal(answer.status, 200, await answer.text());
}
