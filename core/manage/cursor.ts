import { createHmac, timingSafeEqual } from 'node:crypto';
import type { OperationName } from '../../contract/operations.ts';
import { Problem } from '../problem.ts';

/** What a cursor is good for: one list, of one tenant, with the same filters. */
export interface CursorScope {
  readonly list: OperationName;
  /** Null for a list across tenants. */
  readonly tenant: string | null;
  readonly filters: Readonly<Record<string, string>>;
}

/** Where the next page begins, in the list's own terms: sort keys, ids. Readable by the caller, so no secrets. */
export type CursorPosition = readonly string[];

/** No honest cursor is longer, in characters. */
const MAX_LENGTH = 4096;

/** The scope of a list's cursor: everything in the query but the paging itself tells lists apart. */
export function cursorScope(
  list: OperationName,
  tenant: string | null,
  query: Readonly<Record<string, string>>,
): CursorScope {
  const { limit: _limit, cursor: _cursor, tenant: _tenant, ...filters } = query;
  return { list, tenant, filters };
}

/** Writes a cursor: the position in base64url, a dot, and an HMAC-SHA256 over scope and position. */
export function encodeCursor(key: Uint8Array, scope: CursorScope, position: CursorPosition): string {
  const payload = Buffer.from(JSON.stringify(position)).toString('base64url');
  return `${payload}.${signature(key, scope, payload)}`;
}

/**
 * Reads a cursor. Throws an `invalid-cursor` `Problem` that names its parameter for anything `encodeCursor` did not
 * write with this key and scope.
 */
export function decodeCursor(
  key: Uint8Array,
  scope: CursorScope,
  cursor: string,
  parameter = 'cursor',
): CursorPosition {
  if (cursor.length > MAX_LENGTH) throw invalidCursor(parameter);
  const [payload = '', given = '', ...rest] = cursor.split('.');
  const expected = Buffer.from(signature(key, scope, payload));
  const actual = Buffer.from(given);
  if (rest.length > 0 || actual.length !== expected.length || !timingSafeEqual(actual, expected)) {
    throw invalidCursor(parameter);
  }
  // Signed by us, so it is what `encodeCursor` was given.
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as CursorPosition;
}

function invalidCursor(parameter: string): Problem {
  return new Problem(
    'invalid-cursor',
    'Send the cursor exactly as the last page of this list gave it, with the same filters.',
    [{ pointer: parameter, detail: 'is not a cursor of this list' }],
  );
}

function signature(key: Uint8Array, scope: CursorScope, payload: string): string {
  const filters = Object.entries(scope.filters).sort(([a], [b]) => (a < b ? -1 : 1));
  const signed = JSON.stringify([scope.list, scope.tenant, filters, payload]);
  return createHmac('sha256', key).update(signed).digest('base64url');
}
