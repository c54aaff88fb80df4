import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Problem } from '../../core/problem.ts';

/** Throws a 400 `Problem` that names each query parameter of a request that takes none. */
export function refuseQuery(event: APIGatewayProxyEventV2): void {
  const names = Object.keys(event.queryStringParameters ?? {});
  if (names.length === 0) return;
  throw new Problem(
    'invalid-request',
    'This request takes no query parameters.',
    names.map((pointer) => ({ pointer, detail: 'is not a parameter of this request' })),
  );
}
