import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { onEachAnswer } from './answers.ts';

/** The id API Gateway gave the request. */
export function requestIdOf(event: APIGatewayProxyEventV2): string {
  return event.requestContext.requestId;
}

/** Puts `x-request-id` on every answer, refusals included. */
export function requestId() {
  return onEachAnswer((answer, event) => {
    answer.headers = { ...answer.headers, 'x-request-id': requestIdOf(event) };
  });
}
