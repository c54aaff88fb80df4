import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { TENANT_PATTERN } from '../../core/api-key.ts';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import { traceIdOf } from '../../core/trace.ts';
import { knownCaller } from './authenticate.ts';
import { routeOf } from './manage-router.ts';
import { requestIdOf } from './request-id.ts';

/** Writes one line per call: which operation, by whom, for which tenant, by which answer, how long. No body, no query. */
export function logCalls(
  log: Log,
  clock: Clock,
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  const began = new WeakMap<APIGatewayProxyEventV2, number>();
  const line = (event: APIGatewayProxyEventV2, status: number | undefined): void => {
    const route = routeOf(event);
    const went = status !== undefined && status < 400;
    log[went ? 'routine' : 'info']('manage.called', {
      operation: route.kind === 'found' ? route.name : route.kind,
      keyId: knownCaller(event)?.keyId,
      tenant: tenantOf(event),
      resourceId: route.kind === 'found' ? route.params.id : undefined,
      status,
      requestId: requestIdOf(event),
      traceId: traceIdOf(event.headers.traceparent),
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

/** The caller's own tenant, else the one named in the query; undefined where only the body names one. */
function tenantOf(event: APIGatewayProxyEventV2): string | undefined {
  const named = new URLSearchParams(event.rawQueryString).get('tenant') ?? '';
  return knownCaller(event)?.tenant ?? (TENANT_PATTERN.test(named) ? named : undefined);
}
