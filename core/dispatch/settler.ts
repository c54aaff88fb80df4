import { SQS } from '../../contract/limits.ts';
import type { Clock } from '../clock.ts';
import type { MessageQueue } from '../queue.ts';
import type { Settlement } from './decision.ts';
import { type Lane, laneOf, movedToSlowLane, waitingOn } from './lanes.ts';
import { clearLetter, type LettersDeps, REVIVING, sendLetters } from './letters.ts';
import { type Fate, fateOf, type Outgoing, type Pending, sendMessages } from './pending.ts';
import type { ParkingLot } from './ports.ts';
import { RowWriter, type RowWriterDeps } from './row-writer.ts';
import { waitingMessage } from './waiting.ts';

export interface SettlerDeps extends RowWriterDeps, LettersDeps {
  readonly parking: ParkingLot;
  /** The queue `slow-deliveries`. */
  readonly slowDeliveries: MessageQueue;
  readonly clock: Clock;
  /** Waits some milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
}

/**
 * Records what happened and carries out what follows, for many targets at once: first the rows, then retries,
 * parked deliveries and dead letters. In this order a crash repeats a decision and never forgets one.
 */
export class Settler {
  readonly #deps: SettlerDeps;
  readonly #rows: RowWriter;
  #pending: Pending[] = [];
  #flushes = 0;
  /** Targets under way that may still be settled. */
  #expected = 0;

  constructor(deps: SettlerDeps) {
    this.#deps = deps;
    this.#rows = new RowWriter(deps);
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
    this.#pending.push({ settlement, tell, recorded: true, overruled: false, stuck: null });
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
    await this.#rows.write(batch);
    // Of most batches nothing is left: all was well.
    const left = batch.filter(({ settlement, overruled }) => !isPlainlyDone(settlement) && !overruled);
    await Promise.all([
      sendMessages(
        this.#deps.deliveries,
        left.flatMap((one) => this.#waiting(one, 'deliveries')),
      ),
      sendMessages(this.#deps.slowDeliveries, [
        ...movedToSlowLane(left),
        ...left.flatMap((one) => this.#waiting(one, 'slow')),
      ]),
      sendLetters(this.#deps, left),
      ...left.map((pending) => clearLetter(this.#deps, pending)),
      ...left.map((pending) => this.#park(pending)),
    ]);
    for (const pending of batch) pending.tell(fateOf(pending));
  }

  /** The message that waits on the queue of this lane for its time to come, if it does. */
  #waiting(pending: Pending, lane: Lane): Outgoing | [] {
    const { target, decision } = pending.settlement;
    const waiting = waitingMessage(target, decision);
    if (waiting === null || this.#isLong(waiting.dueAt) || laneOf(decision) !== lane) return [];
    return waitingOn(lane, pending, waiting, this.#deps.clock.now());
  }

  #isLong(dueAt: number): boolean {
    return dueAt - this.#deps.clock.now() > SQS.maxDelaySeconds * 1000;
  }

  async #park(pending: Pending): Promise<void> {
    const { target, decision } = pending.settlement;
    const waiting = waitingMessage(target, decision);
    if (waiting === null || !this.#isLong(waiting.dueAt)) return;
    try {
      await this.#deps.parking.park(waiting, this.#deps.clock.now());
      this.#deps.meter.measure('DeliveriesParked', 1);
    } catch (cause) {
      pending.stuck = { cause };
    }
  }
}

function isPlainlyDone({ target, decision }: Settlement): boolean {
  return decision.kind === 'done' && !REVIVING.includes(target.message.trigger);
}
