import { LIST } from '../../contract/limits.ts';
import type { Clock } from '../clock.ts';
import { Problem } from '../problem.ts';
import { type CursorPosition, type CursorScope, decodeCursor, encodeCursor } from './cursor.ts';
import { readingTime } from './reading-time.ts';

/** The key that signs cursors; the same in every environment. */
export type CursorKey = () => Promise<Uint8Array>;

/** What every list needs besides what it lists. */
export interface ListDeps {
  readonly cursorKey: CursorKey;
  readonly clock: Clock;
}

/** What a list is asked for: how many, and after which position (null: from the start). */
export interface PageRequest {
  readonly limit: number;
  readonly after: CursorPosition | null;
}

/** The body of a list's answer. */
export interface Page<V> {
  readonly data: readonly V[];
  /** Null at the true end. */
  readonly cursor: string | null;
}

/** Kept free for what stands around the items of an answer, its cursor above all. In bytes. */
const ENVELOPE_BYTES = 16 * 1024;

/** Bytes that the items of one answer may have together, as JSON with the commas between them. */
export const ITEMS_BYTES = LIST.maxBytes - ENVELOPE_BYTES;

/** The bytes that an item adds to an answer. */
export function itemBytes(item: unknown): number {
  return Buffer.byteLength(JSON.stringify(item)) + ','.length;
}

/** The first of these items: as many as fit into one answer. */
export function fitting<T>(items: readonly T[]): readonly T[] {
  let bytes = 0;
  const end = items.findIndex((item) => {
    bytes += itemBytes(item);
    return bytes > ITEMS_BYTES;
  });
  return end < 0 ? items : items.slice(0, end);
}

/** Reads `limit` and `cursor`. Throws a 400 `Problem` that names the one at fault. */
export async function pageRequest(
  key: CursorKey,
  scope: CursorScope,
  query: Readonly<Record<string, string>>,
): Promise<PageRequest> {
  const limit = parseLimit(query.limit);
  if (query.cursor === undefined) return { limit, after: null };
  return { limit, after: decodeCursor(await key(), scope, query.cursor) };
}

/** Reads a limit: 1 to 250, 50 if absent. Throws a 400 `Problem` that names the parameter. */
export function parseLimit(text: string | undefined, name = 'limit'): number {
  if (text === undefined) return LIST.defaultLimit;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LIST.maxLimit) return limit;
  throw new Problem(
    'invalid-request',
    `The parameter "${name}" must be a number from 1 to ${LIST.maxLimit}.`,
    [{ pointer: name, detail: `must be a number from 1 to ${LIST.maxLimit}` }],
  );
}

/** What a list is of, and how it is shown. */
export interface Listed<T, V> {
  /** Items in their order, behind the position asked for; read no further than is needed. */
  readonly source: AsyncIterable<readonly T[]>;
  readonly limit: number;
  /** @default - all of them */
  readonly wanted?: (item: T) => boolean;
  readonly positionOf: (item: T) => CursorPosition;
  readonly view: (item: T) => V;
}

/**
 * Reads one page and makes the body of its answer. It ends with `limit` items, with as many as fit into
 * `LIST.maxBytes`, or when reading takes long, and its cursor stands behind the last item that was looked at. It holds
 * one item at least, however large, so that whoever follows cursors gets on, and is only empty at the true end: DynamoDB
 * filters after it limits. Throws a 503 `Problem` if nothing wanted is found in time.
 */
export async function readPage<T, V>(
  { cursorKey, clock }: ListDeps,
  scope: CursorScope,
  { source, limit, wanted = () => true, positionOf, view }: Listed<T, V>,
): Promise<Page<V>> {
  const time = readingTime(clock);
  const data: V[] = [];
  let bytes = 0;
  let last: T | undefined;
  const upToLast = async (): Promise<Page<V>> => ({
    data,
    cursor: last === undefined ? null : encodeCursor(await cursorKey(), scope, positionOf(last)),
  });
  for await (const batch of source) {
    for (const item of batch) {
      if (wanted(item)) {
        if (data.length === limit || (data.length > 0 && time.isEnough())) return upToLast();
        const shown = view(item);
        bytes += itemBytes(shown);
        if (data.length > 0 && bytes > ITEMS_BYTES) return upToLast();
        data.push(shown);
      }
      last = item;
    }
    if (data.length === 0) time.check();
    else if (batch.length > 0 && time.isEnough()) return upToLast();
  }
  return { data, cursor: null };
}
