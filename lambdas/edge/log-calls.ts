import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import { routeOf } from './manage-router.ts';
import { requestIdOf } from './request-id.ts';

/** Writes one line per call: which operation, by which answer, how long. No body, no query. */
export function logCalls(
  log: Log,
  clock: Clock,
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  const began = new WeakMap<APIGatewayProxyEventV2, number>();
  const line = (event: APIGatewayProxyEventV2, status: number | undefined): void => {
    const route = routeOf(event);
    log.info('manage.called', {
      operation: route.kind === 'found' ? route.name : route.kind,
      resourceId: route.kind === 'found' ? route.params.id : undefined,
      status,
      requestId: requestIdOf(event),
      durationMs: clock.now() - (began.get(event) ?? clock.now()),
    });
  };
  return {
    before: ({ event }) => {
      began.set(event, clock.now());
    },
    after: ({ event, response }) => line(event, response?.statusCode),
    onError: ({ event, response }) => line(event, response?.statusCode),
  };
}
