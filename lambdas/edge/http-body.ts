import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { Problem } from '../../core/problem.ts';

/**
 * The request's body as bytes; API Gateway wraps those it takes for binary in base64. What it takes for text it decodes, and
 * puts U+FFFD where that is not UTF-8: then the bytes are no longer those that were sent, and no longer as many. Throws a
 * 400 `Problem` for it. (Three bytes that begin a character of four become as many; they can't be told from U+FFFD itself,
 * nor can anything without a `content-length`.)
 */
export function bodyBytes(event: APIGatewayProxyEventV2): Buffer {
  if (!event.body) return Buffer.alloc(0);
  if (event.isBase64Encoded) return Buffer.from(event.body, 'base64');
  const bytes = Buffer.from(event.body, 'utf8');
  const sent = event.headers['content-length'];
  if (sent !== undefined && Number(sent) !== bytes.length && event.body.includes('\uFFFD'))
    throw new Problem('invalid-request', 'The body is not valid UTF-8.');
  return bytes;
}

/** A JSON answer. */
export function jsonAnswer(
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}
