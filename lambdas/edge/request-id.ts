import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** The id API Gateway gave the request. */
export function requestIdOf(event: APIGatewayProxyEventV2): string {
  return event.requestContext.requestId;
}

/** Puts `x-request-id` on every answer, refusals included. Must be the first middleware, so that it is the last to answer. */
export function requestId(): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  const stamp = (request: {
    event: APIGatewayProxyEventV2;
    response?: APIGatewayProxyStructuredResultV2 | undefined | null;
  }): void => {
    if (!request.response) return;
    request.response.headers = { ...request.response.headers, 'x-request-id': requestIdOf(request.event) };
  };
  return { after: stamp, onError: stamp };
}
