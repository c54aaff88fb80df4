import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Authenticator, Caller } from '../../core/api-key.ts';
import { Problem } from '../../core/problem.ts';

const callers = new WeakMap<APIGatewayProxyEventV2, Caller>();

/** The caller that `authenticate` found. Throws if it did not run: a route must not be open by accident. */
export function callerOf(event: APIGatewayProxyEventV2): Caller {
  const caller = knownCaller(event);
  if (!caller) throw new Error('the request was not authenticated');
  return caller;
}

/** The caller, or null if there is none: an open operation, or a request that was refused. */
export function knownCaller(event: APIGatewayProxyEventV2): Caller | null {
  return callers.get(event) ?? null;
}

/** Refuses requests without a valid `Authorization: Bearer` key with 401 (RFC 6750 section 3). */
export function authenticate(
  authenticator: () => Authenticator,
  isOpen: (event: APIGatewayProxyEventV2) => boolean = () => false,
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return {
    before: async (request) => {
      if (isOpen(request.event)) return;
      const token = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(
        request.event.headers.authorization?.trim() ?? '',
      )?.[1];
      const caller = token ? await authenticator().authenticate(token) : null;
      if (!caller) {
        throw new Problem('unauthorized', 'Send a valid API key as "Authorization: Bearer <key>".', [], {
          'www-authenticate': 'Bearer',
        });
      }
      callers.set(request.event, caller);
    },
  };
}
