import { FIRST_RUN } from '../contract/messages.ts';
import type { DeliveryRow, DeliveryStatus } from './delivery.ts';
import { lastAttempt, lastRequest, oneOfEach } from './delivery-rows.ts';

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
  /** Whether the event matched when it came in; otherwise a replay made it the subscription's. */
  readonly matched: boolean;
  /** Null unless it is `retrying`. */
  readonly nextAttemptAt: number | null;
  /** Rows that sent something, one for each attempt and run, in order. */
  readonly attempts: readonly DeliveryRow[];
  /** The last attempt that was made or would have been, and the last request that was sent; 0 if there is none. */
  readonly lastAttempt: number;
  readonly lastRequest: number;
}

/**
 * The row that says what a delivery is now: the last one that has a say, which a failed manual attempt has not.
 * A success stands, whatever attempts under way at the same time come to, and whatever becomes of a redrive: it sends
 * what had no success as far as it knew. Only a replay that began after it, and what follows, has the word again.
 * Undefined while nothing was decided.
 */
export function decidingRow(rows: readonly DeliveryRow[]): DeliveryRow | undefined {
  const deciding = oneOfEach(rows).filter((row) => row.status !== null);
  const last = deciding.at(-1);
  const success = deciding.findLast((row) => row.status === 'succeeded');
  if (!last || !success) return last;
  const replays = new Set(deciding.filter(({ trigger }) => trigger === 'replay').map(({ run }) => run));
  const isReplayed = [...replays].some((run) => beganAt(run, deciding) > success.attempt);
  return isReplayed && beganAt(last.run, deciding) > success.attempt ? last : success;
}

function beganAt(run: string, rows: readonly DeliveryRow[]): number {
  return Math.min(...rows.filter((row) => row.run === run).map((row) => row.attempt));
}

/** Folds the rows of one delivery, in any order, into the delivery. Throws on an empty list, which is no delivery. */
export function foldDelivery(rows: readonly DeliveryRow[]): Delivery {
  const ordered = oneOfEach(rows);
  const [first] = ordered;
  if (!first) throw new Error('a delivery has at least one row');
  const deciding = decidingRow(ordered);
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
    matched: ordered.some(({ run }) => run === FIRST_RUN),
    nextAttemptAt: status === 'retrying' ? (deciding?.nextAttemptAt ?? null) : null,
    attempts: ordered.filter((row) => row.result !== null),
    lastAttempt: lastAttempt(ordered),
    lastRequest: lastRequest(ordered),
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
