import type { DeliveryRow } from '../delivery.ts';

/** Rows kept at most; beyond that the oldest go. Without response bodies a row is about a kilobyte. */
const MAX_ROWS = 2_000;

/**
 * Rows that an environment knows and the log does not: because the log could not be written, or because it keeps no
 * first successes. So that a message that comes again, or a second copy of it, is not sent where this environment has
 * read the answer.
 */
export class UnloggedRows {
  readonly #byDelivery = new Map<string, DeliveryRow>();

  /** Remembers a row, without its response body; of one delivery the last. */
  keep(row: DeliveryRow): void {
    this.#byDelivery.delete(keyOf(row));
    this.#byDelivery.set(
      keyOf(row),
      row.result === null ? row : { ...row, result: { ...row.result, responseBody: null } },
    );
    if (this.#byDelivery.size <= MAX_ROWS) return;
    for (const oldest of this.#byDelivery.keys()) {
      this.#byDelivery.delete(oldest);
      break;
    }
  }

  /** What is remembered of a delivery. */
  of(delivery: { readonly tenant: string; readonly delivery: string }): DeliveryRow | undefined {
    return this.#byDelivery.size === 0 ? undefined : this.#byDelivery.get(keyOf(delivery));
  }

  /** Forgets a row that is in the log now. */
  forget(row: DeliveryRow): void {
    if (this.#byDelivery.size > 0) this.#byDelivery.delete(keyOf(row));
  }
}

function keyOf({ tenant, delivery }: { readonly tenant: string; readonly delivery: string }): string {
  return `${tenant}\n${delivery}`;
}
