import { PACKED_LIST_EVENTS } from '../../contract/delivery-log.ts';
import type { DeliveryRow, EventKey } from '../../core/delivery.ts';
import { oneOfEach } from '../../core/delivery-rows.ts';
import { deliveryId, timeOfId } from '../../core/id.ts';
import type { DeliveryListFilter } from '../../core/manage/delivery-reads.ts';
import type { EventReads, ListedEvent } from '../../core/manage/event-reads.ts';
import { shardOf } from '../../core/shard.ts';

/** Events looked at together. */
const WIDTH = 16;

/**
 * A subscription's packed rows, newest delivery first, in pages that are never empty. No index leads to them, so the
 * tenant's events do: the newest `PACKED_LIST_EVENTS` within the filter's times, counted from the top on every page,
 * so that a list ends at the same place however it is paged.
 */
export async function* packedOfSubscription(
  events: Pick<EventReads, 'newest'>,
  tenant: string,
  subscription: string,
  { since, until, before }: DeliveryListFilter,
  packed: (event: EventKey, shard: number) => Promise<readonly DeliveryRow[]>,
): AsyncIterable<readonly DeliveryRow[]> {
  const look = async ({ id, shards, acceptedAt }: ListedEvent): Promise<readonly DeliveryRow[]> => {
    const delivery = deliveryId({ tenant, id, acceptedAt }, subscription);
    if (before !== null && delivery >= before) return [];
    return oneOfEach(await packed({ tenant, event: id, shards }, shardOf(delivery, shards)));
  };
  const seenUpTo = before === null ? null : timeOfId(before);
  // Events are sorted by their ids within a millisecond, deliveries by theirs: one millisecond is kept together.
  let open: DeliveryRow[] = [];
  for await (const some of inWindows(events.newest(tenant, { since, until }))) {
    const wanted = some.filter(
      (event) => event.matched > 0 && (seenUpTo === null || event.acceptedAt <= seenUpTo),
    );
    open.push(...(await Promise.all(wanted.map(look))).flat());
    const oldest = some.at(-1)?.acceptedAt ?? 0;
    const closed = open.filter((row) => row.createdAt > oldest);
    open = open.filter((row) => row.createdAt <= oldest);
    if (closed.length > 0) yield newestFirst(closed);
  }
  if (open.length > 0) yield newestFirst(open);
}

async function* inWindows(
  pages: AsyncIterable<readonly ListedEvent[]>,
): AsyncIterable<readonly ListedEvent[]> {
  let left = PACKED_LIST_EVENTS;
  for await (const page of pages) {
    for (let at = 0; at < page.length && left > 0; at += WIDTH) {
      const some = page.slice(at, at + Math.min(WIDTH, left));
      left -= some.length;
      yield some;
    }
    if (left === 0) return;
  }
}

function newestFirst(rows: readonly DeliveryRow[]): readonly DeliveryRow[] {
  return rows.toSorted((a, b) => (a.delivery > b.delivery ? -1 : 1));
}
