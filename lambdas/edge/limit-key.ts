import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { KeyLimits } from '../../core/key-limits.ts';
import { knownCaller } from './authenticate.ts';

/** Refuses with 429 what a key asks beyond its limit. Open operations have no key; the API's throttling bounds them. */
export function limitKey(
  limits: KeyLimits,
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return {
    before: ({ event }) => {
      const caller = knownCaller(event);
      if (caller !== null) limits.take(caller.keyId, 1);
    },
  };
}
