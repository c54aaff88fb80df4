import { OPERATIONS, type OperationName, type OperationSpec } from '../../contract/operations.ts';

/** Where a request leads. */
export type Route =
  | {
      readonly kind: 'found';
      readonly name: OperationName;
      readonly params: Readonly<Record<string, string>>;
    }
  /** The path exists with other methods. */
  | { readonly kind: 'other-method'; readonly allowed: readonly string[] }
  | { readonly kind: 'unknown' };

const ROUTES = Object.entries(OPERATIONS).map(([name, spec]: [string, OperationSpec]) => ({
  name: name as OperationName,
  method: spec.method,
  segments: spec.path.split('/'),
}));

/**
 * Finds the operation of a method and a path as API Gateway gives it. Segments are compared one by one and decoded
 * once, after they were divided, so that no encoded slash or dot can lead elsewhere. A segment that spells itself
 * out beats a parameter, so `/dead-letters/summary` is not the dead letter "summary".
 */
export function findRoute(method: string, path: string): Route {
  const given = path.split('/');
  const matches = ROUTES.flatMap((route) => {
    const params = paramsOf(route.segments, given);
    return params === null ? [] : [{ ...route, params }];
  }).sort((a, b) => Object.keys(a.params).length - Object.keys(b.params).length);
  const found = matches.find((route) => route.method === method);
  if (found) return { kind: 'found', name: found.name, params: found.params };
  if (matches.length === 0) return { kind: 'unknown' };
  return { kind: 'other-method', allowed: [...new Set(matches.map((route) => route.method))].sort() };
}

function paramsOf(segments: readonly string[], given: readonly string[]): Record<string, string> | null {
  if (segments.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, segment] of segments.entries()) {
    const text = given[i] ?? '';
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined) {
      if (segment !== text) return null;
      continue;
    }
    const value = decoded(text);
    if (value === null || value === '') return null;
    params[name] = value;
  }
  return params;
}

/** Null for an encoding that is none. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    // URIError is all it throws.
    return null;
  }
}
