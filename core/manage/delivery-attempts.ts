import type { AttemptBody } from '../../contract/api.ts';
import { LIST } from '../../contract/limits.ts';
import type { Caller } from '../api-key.ts';
import type { DeliveryRow } from '../delivery.ts';
import type { Delivery } from '../delivery-fold.ts';
import { rowKey } from '../delivery-rows.ts';
import { type CursorPosition, type CursorScope, decodeCursor } from './cursor.ts';
import type { DeliveryReads } from './delivery-reads.ts';
import { attempt } from './delivery-view.ts';
import { type ListDeps, parseLimit, readPage } from './page.ts';

/** Some of a delivery's attempts, in order, and where the next older ones are; null: nowhere. */
export interface AttemptsPage {
  readonly attempts: readonly AttemptBody[];
  readonly attemptsCursor: string | null;
}

/**
 * Reads the newest attempts of a delivery, or those before `attemptsCursor`: as many as are asked for, as fit into an
 * answer, and as can be read in time. Throws a 400 `Problem` that names the parameter at fault.
 */
export async function attemptsPage(
  deps: ListDeps & { readonly deliveries: DeliveryReads },
  caller: Caller,
  delivery: Delivery,
  { attemptsLimit, attemptsCursor }: Readonly<Record<string, string>>,
): Promise<AttemptsPage> {
  const limit = attemptsLimit === undefined ? LIST.maxLimit : parseLimit(attemptsLimit, 'attemptsLimit');
  const { id, tenant, event } = delivery;
  const scope: CursorScope = { list: 'getDelivery', tenant, filters: { delivery: id, event } };
  const after =
    attemptsCursor === undefined
      ? null
      : decodeCursor(await deps.cursorKey(), scope, attemptsCursor, 'attemptsCursor');
  const older = after === null ? delivery.attempts : before(delivery.attempts, after);
  const { data, cursor } = await readPage(deps, scope, {
    source: newestFirst(deps.deliveries, delivery, older.toReversed().slice(0, limit + 1)),
    limit,
    positionOf: (row) => [String(row.attempt), row.run],
    view: (row) => attempt(caller, row),
  });
  return { attempts: data.toReversed(), attemptsCursor: cursor };
}

/** The attempts before one, which may have expired since it was shown. */
function before(attempts: readonly DeliveryRow[], [number, run]: CursorPosition): readonly DeliveryRow[] {
  const at = attempts.findIndex((row) => row.attempt === Number(number) && row.run === run);
  return at >= 0 ? attempts.slice(0, at) : attempts.filter((row) => row.attempt < Number(number));
}

/** These rows, last attempt first, with their response bodies, which are read no further than whoever reads this goes on. */
async function* newestFirst(
  deliveries: DeliveryReads,
  { tenant, event, shards, id }: Delivery,
  rows: readonly DeliveryRow[],
): AsyncIterable<readonly DeliveryRow[]> {
  const [first, last] = [rows.at(-1)?.attempt, rows[0]?.attempt];
  if (first === undefined || last === undefined) return;
  const whole = new Map<string, DeliveryRow>();
  const take = (row: DeliveryRow): DeliveryRow => {
    const found = whole.get(rowKey(row)) ?? row;
    whole.delete(rowKey(row));
    return found;
  };
  let left = rows;
  for await (const page of deliveries.wholeRows({ tenant, event, shards, delivery: id }, first, last)) {
    for (const row of page) whole.set(rowKey(row), row);
    const reached = page.at(-1)?.attempt ?? last;
    const passed = left.filter((row) => row.attempt > reached);
    left = left.slice(passed.length);
    yield passed.map(take);
  }
  yield left.map(take);
}
