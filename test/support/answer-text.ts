import assert from 'node:assert/strict';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { LIST } from '../../contract/limits.ts';
import { MAX_PAYLOAD_BYTES } from '../../local/lambda/outcome.ts';

/** The body of what a function of the API answers. Fails for one that Lambda or our own limit has no room for, whatever it is about. */
export function answerText(result: APIGatewayProxyStructuredResultV2): string {
  const text = Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8').toString();
  assert.ok(Buffer.byteLength(JSON.stringify(result)) <= MAX_PAYLOAD_BYTES, 'Lambda takes 6 MB');
  assert.ok(Buffer.byteLength(text) <= LIST.maxBytes, 'an answer has 4 MiB at most');
  return text;
}
