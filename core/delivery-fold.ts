import type { DeliveryRow, DeliveryStatus } from './delivery.ts';

/** A delivery as its log rows tell it. */
export interface Delivery {
  readonly id: string;
  readonly tenant: string;
  readonly event: string;
  readonly eventType: string;
  readonly subscription: string;
  readonly shards: number;
  readonly status: DeliveryStatus;
  readonly reason: string | null;
  readonly createdAt: number;
  /** Null unless it is `retrying`. */
  readonly nextAttemptAt: number | null;
  /** Rows that sent something, in the order they were sent. */
  readonly attempts: readonly DeliveryRow[];
}

/**
 * Folds the rows of one delivery, in any order, into the delivery. The last row that has a say gives the
 * status: a failed manual attempt has none. Throws on an empty list, which is no delivery.
 */
export function foldDelivery(rows: readonly DeliveryRow[]): Delivery {
  const ordered = [...rows].sort((a, b) => a.at - b.at || a.attempt - b.attempt);
  const [first] = ordered;
  if (!first) throw new Error('a delivery has at least one row');
  const deciding = ordered.findLast((row) => row.status !== null);
  const status = deciding?.status ?? 'pending';
  return {
    id: first.delivery,
    tenant: first.tenant,
    event: first.event,
    eventType: first.eventType,
    subscription: first.subscription,
    shards: first.shards,
    status,
    reason: deciding?.reason ?? null,
    createdAt: first.createdAt,
    nextAttemptAt: status === 'retrying' ? (deciding?.nextAttemptAt ?? null) : null,
    attempts: ordered.filter((row) => row.result !== null),
  };
}

/** Folds pages of rows in which the rows of a delivery are neighbours, also across pages. */
export async function* foldDeliveries(
  pages: AsyncIterable<readonly DeliveryRow[]>,
): AsyncIterable<readonly Delivery[]> {
  let open: DeliveryRow[] = [];
  for await (const page of pages) {
    const folded: Delivery[] = [];
    for (const row of page) {
      if (open[0] && open[0].delivery !== row.delivery) {
        folded.push(foldDelivery(open));
        open = [];
      }
      open.push(row);
    }
    if (folded.length > 0) yield folded;
  }
  if (open.length > 0) yield [foldDelivery(open)];
}
