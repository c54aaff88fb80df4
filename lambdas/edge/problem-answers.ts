import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Log } from '../../core/log.ts';
import { Problem } from '../../core/problem.ts';
import { requestIdOf } from './request-id.ts';

/**
 * Turns a thrown `Problem` into its `application/problem+json` answer (RFC 9457), and anything else into a
 * 500 that carries the request id and nothing of the cause, which goes to the log.
 */
export function problemAnswers(
  log: Log,
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return {
    onError: (request) => {
      const requestId = requestIdOf(request.event);
      const problem = asProblem(request.error, requestId);
      // A loop is its subscription's doing, not a failure of ours.
      if (problem.status >= 500 && problem.problem !== 'loop-detected')
        log.error('http.failed', { requestId }, request.error);
      request.response = {
        statusCode: problem.status,
        headers: { 'content-type': 'application/problem+json', ...problem.headers },
        body: JSON.stringify(problem.toDocument()),
      };
    },
  };
}

function asProblem(error: unknown, requestId: string): Problem {
  if (error instanceof Problem) return error;
  return new Problem('internal-error', `Try again; if it stays, report the request id ${requestId}.`);
}
