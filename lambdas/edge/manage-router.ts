import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { OPERATIONS, type OperationName, type OperationSpec } from '../../contract/operations.ts';
import { requireScope } from '../../core/api-key.ts';
import type { ApiRequest, ApiResponse, Operation } from '../../core/manage/operation.ts';
import { findRoute, type Route } from '../../core/manage/routes.ts';
import { Problem } from '../../core/problem.ts';
import { callerOf } from './authenticate.ts';
import { bodyBytes, jsonAnswer } from './http-body.ts';
import { requestIdOf } from './request-id.ts';

/** Every operation that `manage` serves. */
export type ManagedOperations = Readonly<Record<Exclude<OperationName, 'postEvents'>, Operation>>;

/** The route of a request. */
export function routeOf(event: APIGatewayProxyEventV2): Route {
  return findRoute(event.requestContext.http.method, event.rawPath);
}

/** Whether a request needs no key. */
export function isOpen(event: APIGatewayProxyEventV2): boolean {
  const route = routeOf(event);
  return route.kind === 'found' && OPERATIONS[route.name].scope === null;
}

/** Leads a request to its operation: path, method, scope and query are judged here, the rest there. */
export async function route(
  operations: ManagedOperations,
  event: APIGatewayProxyEventV2,
): Promise<APIGatewayProxyStructuredResultV2> {
  const found = routeOf(event);
  if (found.kind === 'unknown') throw new Problem('not-found', 'There is nothing at this path.');
  if (found.kind === 'other-method' || found.name === 'postEvents') {
    const allowed = found.kind === 'other-method' ? found.allowed : ['POST'];
    throw new Problem('method-not-allowed', `Use ${allowed.join(' or ')}.`, [], {
      allow: allowed.join(', '),
    });
  }
  const spec: OperationSpec = OPERATIONS[found.name];
  const caller = spec.scope === null ? NOBODY : callerOf(event);
  if (spec.scope !== null && spec.scope !== 'any') requireScope(caller, spec.scope);
  const query = queryOf(event, spec.query);
  const request: ApiRequest = {
    caller,
    params: found.params,
    query,
    body: bodyBytes(event),
    requestId: requestIdOf(event),
    host: event.requestContext.domainName,
  };
  return answer(await operations[found.name](request));
}

/** Stands for the caller of an open operation: nobody may do anything. */
const NOBODY = { keyId: '', scopes: [], tenant: null, lineage: [], expiresAt: null };

/** The query parameters. Throws a 400 `Problem` that names those which are unknown or given twice. */
function queryOf(event: APIGatewayProxyEventV2, known: readonly string[]): Record<string, string> {
  const given = [...new URLSearchParams(event.rawQueryString)];
  const unknown = given.filter(([name]) => !known.includes(name));
  const names = given.map(([name]) => name);
  const twice = names.filter((name, i) => names.indexOf(name) !== i);
  const faults = [
    ...unknown.map(([pointer]) => ({ pointer, detail: 'is not a parameter of this request' })),
    ...twice.map((pointer) => ({ pointer, detail: 'must be given once' })),
  ];
  if (faults.length > 0) throw new Problem('invalid-request', 'The query has faults.', faults.slice(0, 20));
  return Object.fromEntries(given);
}

function answer(response: ApiResponse): APIGatewayProxyStructuredResultV2 {
  if (response.rawBody !== undefined) {
    return {
      statusCode: response.status,
      headers: { 'content-type': 'application/json', ...response.headers },
      body: response.rawBody,
    };
  }
  return response.body === undefined
    ? { statusCode: response.status, headers: { ...response.headers } }
    : jsonAnswer(response.status, response.body, response.headers);
}
