import { SQS } from '../../contract/limits.ts';
import type { Trigger } from '../../contract/messages.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { encodeMessage } from '../message.ts';
import type { Meter } from '../meter.ts';
import { type MessageQueue, type OutgoingMessage, QueueSendError } from '../queue.ts';
import type { Settlement } from './decision.ts';
import { keeps, type LogPolicy } from './log-policy.ts';
import type { DeadLetterRecords, DeliveryLog, ParkingLot } from './ports.ts';
import { heldAttempt } from './target.ts';
import { inSeconds, waitingMessage } from './waiting.ts';

export interface SettlerDeps {
  readonly deliveryLog: DeliveryLog;
  readonly parking: ParkingLot;
  readonly deadLetters: DeadLetterRecords;
  /** The queue `deliveries`. */
  readonly deliveries: MessageQueue;
  /** The queue `slow-deliveries`. */
  readonly slowDeliveries: MessageQueue;
  /** The queue `dead-letters`. */
  readonly deadLetterQueue: MessageQueue;
  readonly clock: Clock;
  /** Waits some milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
  readonly log: Log;
  readonly meter: Meter;
}

/** What became of a settlement. `recorded` says whether its row can be found in the log. */
export type Fate =
  | { readonly kind: 'settled'; readonly recorded: boolean }
  /** Something that must happen did not: the target has to be worked on again. */
  | { readonly kind: 'stuck'; readonly recorded: boolean; readonly cause: unknown };

/** Attempts that may succeed while the delivery lies in the dead-letter queue; a redrive takes it out of there. */
const REVIVING: readonly Trigger[] = ['manual', 'replay'];

/** A settlement under way. */
interface Pending {
  readonly settlement: Settlement;
  readonly tell: (fate: Fate) => void;
  /** Why its row could not be written. */
  lost: { readonly cause: unknown } | null;
  /** Why its decision could not be carried out. */
  stuck: { readonly cause: unknown } | null;
}

/**
 * Records what happened and carries out what follows, for many targets at once: first the rows, then retries,
 * parked deliveries and dead letters. In this order a crash repeats a decision and never forgets one.
 */
export class Settler {
  readonly #deps: SettlerDeps;
  #pending: Pending[] = [];
  #flushes = 0;
  /** Targets under way that may still be settled. */
  #expected = 0;

  constructor(deps: SettlerDeps) {
    this.#deps = deps;
  }

  /** Announces targets. Each is settled or withdrawn later; once no more is to come, nothing waits for it. */
  expect(targets: number): void {
    this.#expected += targets;
  }

  /** Takes back an announcement: this many targets end without being settled. */
  withdraw(targets: number): void {
    this.#expected -= targets;
    if (this.#expected <= 0) this.#flush();
  }

  /** Tells when row and decision are safe, or have failed. Waits for company, so that targets share their calls. */
  settle(settlement: Settlement, tell: (fate: Fate) => void): void {
    const { gatherRows, gatherMs } = this.#deps.deliveryLog.policy;
    this.#pending.push({ settlement, tell, lost: null, stuck: null });
    this.#expected--;
    if (this.#expected <= 0 || this.#pending.length >= gatherRows) this.#flush();
    else if (this.#pending.length === 1) this.#flushIn(gatherMs);
  }

  #flushIn(ms: number): void {
    const flushes = this.#flushes;
    // Whoever came after another flush waits his own time.
    void this.#deps.pause(ms).then(() => flushes === this.#flushes && this.#flush());
  }

  #flush(): void {
    const batch = this.#pending;
    if (batch.length === 0) return;
    this.#pending = [];
    this.#flushes++;
    void this.#carryOut(batch);
  }

  async #carryOut(batch: readonly Pending[]): Promise<void> {
    await this.#record(batch);
    // Of most batches nothing is left: all was well.
    const left = batch.filter(({ settlement }) => !isPlainlyDone(settlement));
    await Promise.all([
      this.#sendAll(this.#deps.deliveries, left, ({ settlement }) => this.#toDeliveries(settlement)),
      this.#sendAll(this.#deps.slowDeliveries, left, ({ settlement }) => toSlowDeliveries(settlement)),
      this.#sendLetters(left),
      ...left.map((pending) => this.#clearLetter(pending)),
      ...left.map((pending) => this.#park(pending)),
    ]);
    for (const pending of batch) pending.tell(fateOf(pending, this.#deps.deliveryLog.policy));
  }

  /** Writes the rows together and, if that fails, one by one: a row that cannot be written costs no other. */
  async #record(batch: readonly Pending[]): Promise<void> {
    const rows = batch.flatMap(({ settlement }) => settlement.row ?? []);
    if (rows.length === 0) return;
    try {
      await this.#deps.deliveryLog.append(rows);
    } catch (cause) {
      this.#deps.log.warn('dispatch.log-repeated', { rows: rows.length }, cause);
      await Promise.all(batch.map((pending) => this.#recordAlone(pending)));
    }
  }

  async #recordAlone(pending: Pending): Promise<void> {
    const { row } = pending.settlement;
    if (row === null) return;
    try {
      await this.#deps.deliveryLog.append([row]);
    } catch (cause) {
      pending.lost = { cause };
      this.#deps.meter.measure('LogWriteFailures', 1);
      const { tenant, event, subscription, attempt } = row;
      this.#deps.log.error('dispatch.log-failed', { tenant, event, subscription, attempt }, cause);
    }
  }

  /** The message a settlement puts on `deliveries`, if any. */
  #toDeliveries({ target, decision }: Settlement): OutgoingMessage | null {
    const waiting = waitingMessage(target, decision);
    if (waiting === null || this.#isLong(waiting.dueAt)) return null;
    const delayMs = Math.max(0, waiting.dueAt - this.#deps.clock.now());
    return {
      body: encodeMessage(waiting.message, target.event.data),
      delaySeconds: Math.min(SQS.maxDelaySeconds, inSeconds(delayMs, decision)),
      group: target.event.tenant,
    };
  }

  #isLong(dueAt: number): boolean {
    return dueAt - this.#deps.clock.now() > SQS.maxDelaySeconds * 1000;
  }

  async #park(pending: Pending): Promise<void> {
    const { target, decision } = pending.settlement;
    const waiting = waitingMessage(target, decision);
    if (waiting === null || !this.#isLong(waiting.dueAt)) return;
    try {
      await this.#deps.parking.park(waiting);
      this.#deps.meter.measure('DeliveriesParked', 1);
    } catch (cause) {
      pending.stuck = { cause };
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

  /** A dead delivery that somebody sent by hand or replayed, and that was taken, is dead no more. */
  async #clearLetter(pending: Pending): Promise<void> {
    const { target, row } = pending.settlement;
    if (!REVIVING.includes(target.message.trigger) || row?.status !== 'succeeded') return;
    const { tenant } = target.event;
    try {
      await this.#deps.deadLetters.remove({ tenant, delivery: target.delivery, attempt: row.attempt });
    } catch (cause) {
      this.#deps.log.error('dispatch.clear-failed', { tenant, delivery: target.delivery }, cause);
    }
  }

  async #recordLetter(pending: Pending): Promise<boolean> {
    const { target, decision } = pending.settlement;
    if (decision.kind !== 'dead') return false;
    try {
      await this.#deps.deadLetters.record(decision.letter, target.delivery);
      return true;
    } catch (cause) {
      pending.stuck = { cause };
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
      for (const { pending } of lost) pending.stuck = { cause };
    }
  }
}

function isPlainlyDone({ target, decision }: Settlement): boolean {
  return decision.kind === 'done' && !REVIVING.includes(target.message.trigger);
}

function toSlowDeliveries({ target, decision }: Settlement): OutgoingMessage | null {
  if (decision.kind !== 'slow-lane') return null;
  const message = heldAttempt(target, { slow: true, slotAt: null });
  return { body: encodeMessage(message, target.event.data), group: target.event.tenant };
}

/**
 * What was sent stays sent: a missing row must never cause a second request. A delivery that ended without one
 * exists in its row alone.
 */
function fateOf({ settlement: { row }, lost, stuck }: Pending, policy: LogPolicy): Fate {
  const recorded = lost === null && (row === null || keeps(policy, row));
  if (stuck) return { kind: 'stuck', recorded, cause: stuck.cause };
  if (lost && row?.result === null) return { kind: 'stuck', recorded, cause: lost.cause };
  return { kind: 'settled', recorded };
}
