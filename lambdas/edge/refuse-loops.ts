import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { DELIVERY_HEADER } from '../../contract/headers.ts';
import type { Meter } from '../../core/meter.ts';
import { Problem } from '../../core/problem.ts';

/**
 * Refuses what this service sent itself, by whatever name or proxy it came back, with 508 (RFC 5842 section 7.2): a
 * subscription that leads to the API would otherwise call it for ever. Goes before the key is looked at.
 */
export function refuseLoops(
  meter: Meter,
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return {
    before: ({ event }) => {
      if (event.headers[DELIVERY_HEADER] === undefined) return;
      meter.measure('LoopsRefused', 1);
      throw new Problem(
        'loop-detected',
        `This request is a webhook: it carries "${DELIVERY_HEADER}". Change the URL of the subscription that leads here.`,
      );
    },
  };
}
