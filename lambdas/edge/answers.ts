import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** Changes each answer, refusals included; the last to do so is the first that is used. */
export function onEachAnswer(
  change: (answer: APIGatewayProxyStructuredResultV2, event: APIGatewayProxyEventV2) => void,
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  const run = (request: {
    event: APIGatewayProxyEventV2;
    response?: APIGatewayProxyStructuredResultV2 | undefined | null;
  }): void => {
    if (request.response) change(request.response, request.event);
  };
  return { after: run, onError: run };
}
