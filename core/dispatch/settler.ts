import { SQS } from '../../contract/limits.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { encodeMessage } from '../message.ts';
import type { Meter } from '../meter.ts';
import { type MessageQueue, type OutgoingMessage, QueueSendError } from '../queue.ts';
import type { Settlement } from './decision.ts';
import type { DeadLetterRecords, DeliveryLog, ParkingLot } from './ports.ts';
import { nextAttempt, sameAttempt } from './target.ts';

export interface SettlerDeps {
  readonly deliveryLog: DeliveryLog;
  readonly parking: ParkingLot;
  readonly deadLetters: DeadLetterRecords;
  /** The queue `deliveries`. */
  readonly deliveries: MessageQueue;
  /** The queue `dead-letters`. */
  readonly deadLetterQueue: MessageQueue;
  readonly clock: Clock;
  /** Waits some milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
  readonly log: Log;
  readonly meter: Meter;
}

/** Rows written with one call. */
const FULL = 25;
/** How long a settlement waits for company, so that targets which end together share their calls. */
const COMPANY_MS = 30;

interface Pending {
  readonly settlement: Settlement;
  readonly settled: PromiseWithResolvers<void>;
}

/**
 * Records what happened and carries out what follows, for many targets at once: first the rows, then retries,
 * parked deliveries and dead letters. In this order a crash repeats a decision and never forgets one.
 */
export class Settler {
  readonly #deps: SettlerDeps;
  #pending: Pending[] = [];

  constructor(deps: SettlerDeps) {
    this.#deps = deps;
  }

  /** Resolves when row and decision are safe; rejects when the message must come again. */
  settle(settlement: Settlement): Promise<void> {
    const settled = Promise.withResolvers<void>();
    this.#pending.push({ settlement, settled });
    if (this.#pending.length >= FULL) this.#flush();
    else if (this.#pending.length === 1) void this.#deps.pause(COMPANY_MS).then(() => this.#flush());
    return settled.promise;
  }

  #flush(): void {
    const batch = this.#pending;
    this.#pending = [];
    if (batch.length > 0) void this.#carryOut(batch);
  }

  async #carryOut(batch: readonly Pending[]): Promise<void> {
    const logged = await this.#record(batch);
    await Promise.all([
      this.#sendAll(this.#deps.deliveries, batch, ({ settlement }) => this.#toDeliveries(settlement, logged)),
      this.#sendLetters(batch),
      ...batch.map((pending) => this.#park(pending)),
    ]);
    for (const { settled } of batch) settled.resolve();
  }

  async #record(batch: readonly Pending[]): Promise<boolean> {
    const rows = batch.flatMap(({ settlement }) => settlement.row ?? []);
    if (rows.length === 0) return true;
    try {
      await this.#deps.deliveryLog.append(rows);
      return true;
    } catch (cause) {
      // What was sent stays sent: a missing row must never cause a second request.
      this.#deps.meter.measure('LogWriteFailures', rows.length);
      this.#deps.log.error('dispatch.log-failed', { rows: rows.length }, cause);
      return false;
    }
  }

  /** The message a settlement puts on `deliveries`, if any. */
  #toDeliveries({ target, row, decision }: Settlement, logged: boolean): OutgoingMessage | null {
    // A delivery that ends without an attempt exists in its row alone, so without the row it has to be tried again.
    if (!logged && row !== null && row.result === null) {
      return {
        body: encodeMessage(sameAttempt(target.message, [target.subscription]), target.event.data),
        delaySeconds: 30,
        group: target.event.tenant,
      };
    }
    if (decision.kind !== 'retry' || this.#isLong(decision.dueAt)) return null;
    const delayMs = Math.max(0, decision.dueAt - this.#deps.clock.now());
    return {
      body: encodeMessage(nextAttempt(target), target.event.data),
      delaySeconds: Math.min(SQS.maxDelaySeconds, Math.ceil(delayMs / 1000)),
      group: target.event.tenant,
    };
  }

  #isLong(dueAt: number): boolean {
    return dueAt - this.#deps.clock.now() > SQS.maxDelaySeconds * 1000;
  }

  async #park({ settlement: { target, decision }, settled }: Pending): Promise<void> {
    if (decision.kind !== 'retry' || !this.#isLong(decision.dueAt)) return;
    try {
      await this.#deps.parking.park({ message: nextAttempt(target), dueAt: decision.dueAt });
    } catch (cause) {
      settled.reject(cause);
    }
  }

  async #sendLetters(batch: readonly Pending[]): Promise<void> {
    const recorded = await Promise.all(batch.map((pending) => this.#recordLetter(pending)));
    const dead = batch.filter((_, i) => recorded[i]);
    await this.#sendAll(this.#deps.deadLetterQueue, dead, ({ settlement: { target, decision } }) =>
      decision.kind === 'dead'
        ? { body: encodeMessage(decision.letter, target.event.data), group: target.event.tenant }
        : null,
    );
  }

  async #recordLetter({ settlement: { target, decision }, settled }: Pending): Promise<boolean> {
    if (decision.kind !== 'dead') return false;
    try {
      await this.#deps.deadLetters.record(decision.letter, target.delivery);
      return true;
    } catch (cause) {
      settled.reject(cause);
      return false;
    }
  }

  async #sendAll(
    queue: MessageQueue,
    batch: readonly Pending[],
    messageOf: (pending: Pending) => OutgoingMessage | null,
  ): Promise<void> {
    const outgoing = batch.flatMap((pending) => {
      const message = messageOf(pending);
      return message === null ? [] : [{ pending, message }];
    });
    if (outgoing.length === 0) return;
    try {
      await queue.send(outgoing.map(({ message }) => message));
    } catch (cause) {
      const lost =
        cause instanceof QueueSendError ? cause.failed.flatMap((at) => outgoing[at] ?? []) : outgoing;
      for (const { pending } of lost) pending.settled.reject(cause);
    }
  }
}
