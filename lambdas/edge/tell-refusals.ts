import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { measureRefusal } from '../../core/ingest/measure-ingest.ts';
import type { Log } from '../../core/log.ts';
import type { Meter } from '../../core/meter.ts';
import { Problem } from '../../core/problem.ts';
import { traceIdOf } from '../../core/trace.ts';
import { knownCaller } from './authenticate.ts';
import { requestIdOf } from './request-id.ts';

/** Counts a request to ingest that is refused, and writes its line: by whom, why, and how large it was. */
export function tellRefusals(deps: {
  log: Log;
  meter: Meter;
}): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return {
    onError: ({ error, event }) => {
      measureRefusal(deps.meter, error);
      if (!(error instanceof Problem)) return;
      deps.log.info('ingest.refused', {
        requestId: requestIdOf(event),
        traceId: traceIdOf(event.headers.traceparent),
        keyId: knownCaller(event)?.keyId,
        status: error.status,
        problems: [error.problem],
        bodyLength: event.body?.length ?? 0,
      });
    },
  };
}
