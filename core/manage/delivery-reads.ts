import type { DeliveryKey, DeliveryRow, EventKey } from '../delivery.ts';

/** Which of a subscription's deliveries a list shows. */
export interface DeliveryListFilter {
  /** Bounds on the delivery's creation in epoch milliseconds: `since` inclusive, `until` exclusive. */
  readonly since: number | null;
  readonly until: number | null;
  /** Id of the last delivery seen: the list goes on with the next older one. */
  readonly before: string | null;
}

/**
 * Reads of the delivery log. All but `wholeRows` leave out response bodies and timings, of which a delivery can have many
 * megabytes. Rows past their retention are not there; rows of one delivery are neighbours.
 */
export interface DeliveryReads {
  /** All rows of one delivery, in order of attempt; consistent. */
  rowsOf(delivery: DeliveryKey): Promise<readonly DeliveryRow[]>;
  /**
   * The rows of a delivery's attempts `first` to `last`, last first, with response bodies and timings; consistent, and read
   * page by page. Packed rows, which have neither, may be missing.
   */
  wholeRows(delivery: DeliveryKey, first: number, last: number): AsyncIterable<readonly DeliveryRow[]>;
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
