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

/** What can stand in a path: ids, tenants and event types. */
const PARAMETER = /^[A-Za-z0-9_][A-Za-z0-9_.:@-]{0,127}$/;
/**
 * Stands for anything else: an id that nothing can have, so that nonsense is answered like any unknown id, and is
 * kept from the tables, whose keys are shorter than a path may be.
 */
const NOBODYS_ID = '-';

/**
 * Finds the operation of a method and a path as an HTTP API gives it: percent-decoded already. Decoding again would
 * make one resource answer for another, so a "%" that is left names nothing. A segment that spells itself out beats
 * a parameter, so `/dead-letters/summary` is not the dead letter "summary".
 */
export function findRoute(method: string, path: string): Route {
  const given = path.split('/');
  const matches = ROUTES.flatMap((route) => {
    const params = paramsOf(route.segments, given);
    return params === null ? [] : [{ ...route, params }];
  }).sort((a, b) => Object.keys(a.params).length - Object.keys(b.params).length);
  // What can be read can be asked for its head (RFC 9110 section 9.1).
  const wanted = method === 'HEAD' ? 'GET' : method;
  const found = matches.find((route) => route.method === wanted);
  if (found) return { kind: 'found', name: found.name, params: found.params };
  if (matches.length === 0) return { kind: 'unknown' };
  const allowed = matches.flatMap((route) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
  return { kind: 'other-method', allowed: [...new Set(allowed)].sort() };
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
    if (text === '') return null;
    params[name] = PARAMETER.test(text) ? text : NOBODYS_ID;
  }
  return params;
}
