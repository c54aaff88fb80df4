import { LIST } from '../../contract/limits.ts';
import { Problem } from '../problem.ts';
import { type CursorPosition, type CursorScope, decodeCursor, encodeCursor } from './cursor.ts';
import { ampleTime, type ReadingTime } from './reading-time.ts';

/** The key that signs cursors; the same in every environment. */
export type CursorKey = () => Promise<Uint8Array>;

/** What a list is asked for: how many, and after which position (null: from the start). */
export interface PageRequest {
  readonly limit: number;
  readonly after: CursorPosition | null;
}

/** The body of a list's answer. */
export interface Page<T> {
  readonly data: readonly T[];
  /** Null at the true end. */
  readonly cursor: string | null;
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

/** Reads `limit`: 1 to 250, 50 if absent. Throws a 400 `Problem`. */
export function parseLimit(text: string | undefined): number {
  if (text === undefined) return LIST.defaultLimit;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LIST.maxLimit) return limit;
  throw new Problem('invalid-request', `The parameter "limit" must be a number from 1 to ${LIST.maxLimit}.`, [
    { pointer: 'limit', detail: `must be a number from 1 to ${LIST.maxLimit}` },
  ]);
}

/** The wanted items of a page, and whether another one follows. */
export interface FilledPage<T> {
  readonly items: readonly T[];
  readonly more: boolean;
  /** The last item read, wanted or not, if the next page goes on behind it; otherwise it does behind the last shown. */
  readonly readTo?: T;
}

/**
 * Reads on until `limit` wanted items and one more are found, so that a page is only empty, or without a
 * cursor, at the true end: DynamoDB filters after it limits. A page may be short when reading takes long. Throws
 * a 503 `Problem` if nothing wanted is found in `time`.
 */
export async function fillPage<T>(
  source: AsyncIterable<readonly T[]>,
  limit: number,
  wanted: (item: T) => boolean = () => true,
  time: ReadingTime = ampleTime,
): Promise<FilledPage<T>> {
  const items: T[] = [];
  for await (const batch of source) {
    for (const item of batch) {
      if (!wanted(item)) continue;
      if (items.length === limit) return { items, more: true };
      items.push(item);
    }
    const readTo = batch.at(-1);
    if (items.length === 0) time.check();
    else if (readTo !== undefined && time.isEnough()) return { items, more: true, readTo };
  }
  return { items, more: false };
}

/** Makes the answer of a list; the cursor stands where the next page goes on. */
export async function pageAnswer<T, V>(
  key: CursorKey,
  scope: CursorScope,
  page: FilledPage<T>,
  positionOf: (item: T) => CursorPosition,
  view: (item: T) => V,
): Promise<Page<V>> {
  const last = page.readTo ?? page.items.at(-1);
  const cursor = page.more && last !== undefined ? encodeCursor(await key(), scope, positionOf(last)) : null;
  return { data: page.items.map(view), cursor };
}
