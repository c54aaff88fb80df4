import type { DeliveryKey, DeliveryRow, EventKey } from '../delivery.ts';

/** Which of a subscription's deliveries a list shows. */
export interface DeliveryListFilter {
  /** Bounds on the delivery's creation in epoch milliseconds: `since` inclusive, `until` exclusive. */
  readonly since: number | null;
  readonly until: number | null;
  /** Id of the last delivery seen: the list goes on with the next older one. */
  readonly before: string | null;
}

/** Reads of the delivery log. Lists leave out what they do not show: response bodies and timings. Rows past their retention are not there; rows of one delivery are neighbours. */
export interface DeliveryReads {
  /** All rows of one delivery, whole; consistent. */
  rowsOf(delivery: DeliveryKey): Promise<readonly DeliveryRow[]>;
  /**
   * An event's rows in pages that are never empty, starting after the delivery `after`; consistent. The order
   * is always the same, and of no meaning: an event's deliveries are all of one time.
   */
  ofEvent(event: EventKey, after: string | null): AsyncIterable<readonly DeliveryRow[]>;
  /**
   * A subscription's rows, newest delivery first, in pages that are never empty. A row may show up a second late.
   */
  ofSubscription(
    tenant: string,
    subscription: string,
    filter: DeliveryListFilter,
  ): AsyncIterable<readonly DeliveryRow[]>;
}
