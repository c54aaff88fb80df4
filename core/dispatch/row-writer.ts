import type { DeliveryRow } from '../delivery.ts';
import type { Log } from '../log.ts';
import { encodeMessage } from '../message.ts';
import type { Meter } from '../meter.ts';
import type { MessageQueue, OutgoingMessage } from '../queue.ts';
import { keeps } from './log-policy.ts';
import { type Pending, sendAll } from './pending.ts';
import type { DeliveryLog } from './ports.ts';
import type { UnloggedRows } from './unlogged-rows.ts';

export interface RowWriterDeps {
  readonly deliveryLog: DeliveryLog;
  /** The queue `deliveries`. */
  readonly deliveries: MessageQueue;
  /** Shared by all batches of an environment. */
  readonly unlogged: UnloggedRows;
  readonly log: Log;
  readonly meter: Meter;
}

/** When a row that could not be written is tried again, in seconds. */
const LATE_SECONDS = 10;

/** Writes the rows of settlements. */
export class RowWriter {
  readonly #deps: RowWriterDeps;

  constructor(deps: RowWriterDeps) {
    this.#deps = deps;
  }

  /**
   * Writes the rows together and, if that fails, one by one: a row that cannot be written costs no other. One that
   * tells of a request goes on the queue instead, to be written later: what was sent stays sent, and a missing row must
   * never cause a second request. A delivery that ended without one is worked on again.
   */
  async write(batch: readonly Pending[]): Promise<void> {
    const writing = batch.filter((pending) => pending.settlement.row !== null && !this.#isBeaten(pending));
    if (writing.length === 0) return;
    try {
      await this.#deps.deliveryLog.append(writing.flatMap(({ settlement }) => settlement.row ?? []));
      for (const pending of writing) this.#written(pending);
    } catch (cause) {
      this.#deps.log.warn('dispatch.log-repeated', { rows: writing.length }, cause);
      await Promise.all(writing.map((pending) => this.#writeAlone(pending)));
      await this.#writeLater(writing.filter(({ recorded, stuck }) => !recorded && stuck === null));
    }
  }

  /** Whether this environment knows that a second copy of the message has met with success. */
  #isBeaten(pending: Pending): boolean {
    const { row } = pending.settlement;
    const known = row === null ? undefined : this.#deps.unlogged.of(row);
    if (row === null || known === undefined || row.status === 'succeeded') return false;
    const isSame = known.attempt === row.attempt && known.run === row.run;
    pending.overruled = isSame && known.status === 'succeeded';
    if (pending.overruled) pending.recorded = false;
    return pending.overruled;
  }

  #written(pending: Pending): void {
    const { row } = pending.settlement;
    if (row === null) return;
    pending.recorded = keeps(this.#deps.deliveryLog.policy, row);
    if (pending.recorded) this.#deps.unlogged.forget(row);
    else this.#deps.unlogged.keep(row);
  }

  async #writeAlone(pending: Pending): Promise<void> {
    const { row } = pending.settlement;
    if (row === null) return;
    try {
      await this.#deps.deliveryLog.append([row]);
      this.#written(pending);
    } catch (cause) {
      pending.recorded = false;
      if (row.result === null) pending.stuck = { cause };
      this.#deps.meter.measure('LogWriteFailures', 1);
      const { tenant, event, subscription, attempt } = row;
      this.#deps.log.error('dispatch.log-failed', { tenant, event, subscription, attempt }, cause);
    }
  }

  /** What not even the queue takes comes again, and is not sent again as far as this environment gets it. */
  async #writeLater(lost: readonly Pending[]): Promise<void> {
    const { policy } = this.#deps.deliveryLog;
    const late = lost.filter(({ settlement: { row } }) => row !== null && keeps(policy, row));
    await sendAll(this.#deps.deliveries, late, ({ settlement: { row } }) => row && lateRow(row));
    for (const { settlement, stuck } of late) {
      if (stuck !== null && settlement.row !== null) this.#deps.unlogged.keep(settlement.row);
    }
  }
}

/** It holds the row and nothing of the event, so it can't be sent to anybody. */
function lateRow(row: DeliveryRow): OutgoingMessage {
  return { body: encodeMessage({ v: 1, row }, ''), group: row.tenant, delaySeconds: LATE_SECONDS };
}
