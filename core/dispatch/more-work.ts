import type { After, Deadline } from '../clock.ts';
import type { Log } from '../log.ts';
import type { ReceivedRecord } from '../queue.ts';
import type { DeliveryInbox } from './ports.ts';

/** What a run knows of its own work. */
export interface RunningWork {
  /** For how long endpoints have kept the run waiting that has nothing else to do, in milliseconds; 0 if it is busy. */
  heldUpMs(): number;
  /** Works on messages; answers the ids of those that must come again. `finished` is told of each that need not. */
  work(
    records: readonly ReceivedRecord[],
    finished: (record: ReceivedRecord) => void,
  ): Promise<ReadonlySet<string>>;
}

export interface MoreWorkDeps {
  readonly after: After;
  readonly log: Log;
}

/** A run that endpoints have kept waiting for this long takes more work. Above what most answers take. */
const HELD_UP_MS = 300;
/** From then on it waits for messages to come; before, that would only make it longer: its endpoints are about to answer. */
const LONG_HELD_UP_MS = 1_000;
/** Messages that a run works on at once, at most. */
const MAX_MESSAGES = 50;
/** Received in one call. */
const MAX_RECEIVED = 10;
/** Time that must be left: the longest time-out, the margin at the end, and the call that receives. */
const MIN_LEFT_MS = 34_000;

/**
 * Lets a run that waits for endpoints do the work of others meanwhile. A run can't be given another batch before its
 * answer, and its answer waits for the slowest endpoint; so while some hang, each batch that has one of them would need
 * an environment of its own until their time-out. Instead the run receives from its queue by itself. What is finished
 * is removed from the queue at once: the answer may be long in coming, and whatever a worker that died had not removed
 * comes again.
 */
export class MoreWork {
  readonly #deps: MoreWorkDeps;
  readonly #inbox: DeliveryInbox;
  readonly #deadline: Deadline;
  readonly #running: RunningWork;
  /** Receipts of messages that are finished and still on the queue. */
  #finished: string[] = [];
  /** Whether some could not be removed the last time. */
  #isBehind = false;
  #messages = 0;
  /** Calls that receive, and work on what was received, under way. */
  #open = 0;
  #failing = false;
  readonly #over = Promise.withResolvers<void>();

  constructor(deps: MoreWorkDeps, inbox: DeliveryInbox, deadline: Deadline, running: RunningWork) {
    this.#deps = deps;
    this.#inbox = inbox;
    this.#deadline = deadline;
    this.#running = running;
  }

  /** Works on a run's own messages, and on more while it is held up. Answers the ids that must come again. */
  async all(records: readonly ReceivedRecord[]): Promise<ReadonlySet<string>> {
    const own = this.#workOn(records);
    let isOver = false;
    const over = this.#over.promise.then(() => {
      isOver = true;
    });
    for (let waitMs = HELD_UP_MS; !isOver; waitMs = this.#nextLookMs()) {
      await this.#wait(waitMs, over);
      while (!isOver && this.#isHeldUp() && (await this.#takeMore()));
    }
    // The mapping removes a run's own messages, and nobody what it received by itself.
    if (this.#isBehind) await this.#remove();
    return own;
  }

  /** When it can be held up for long enough, or else a while later. */
  #nextLookMs(): number {
    const left = HELD_UP_MS - this.#running.heldUpMs();
    return left > 0 ? left : HELD_UP_MS;
  }

  /** Waits, unless all is over before. */
  #wait(ms: number, over: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#deps.after(ms, resolve);
      void over.then(() => {
        cancel();
        resolve();
      });
    });
  }

  #isHeldUp(): boolean {
    if (this.#failing || this.#running.heldUpMs() < HELD_UP_MS) return false;
    return this.#messages <= MAX_MESSAGES - MAX_RECEIVED && this.#deadline.remainingMs() >= MIN_LEFT_MS;
  }

  /** Works on what the queue has; answers whether it is worth asking again at once. */
  async #takeMore(): Promise<boolean> {
    await this.#remove();
    const waits = this.#running.heldUpMs() >= LONG_HELD_UP_MS;
    // What is received is worked on, even if all else is over by then: the run must not answer before.
    this.#open++;
    try {
      const records = await this.#inbox.receive(MAX_RECEIVED, waits);
      if (records.length > 0) void this.#workOn(records, () => this.#remove());
      return waits || records.length > 0;
    } catch (cause) {
      // The event source mapping goes on as ever.
      this.#failing = true;
      this.#deps.log.warn('dispatch.receive-failed', {}, cause);
      return false;
    } finally {
      this.#close();
    }
  }

  /** Works on messages. All is over when nothing is worked on any more. */
  async #workOn(
    records: readonly ReceivedRecord[],
    afterwards: () => Promise<void> = async () => undefined,
  ): Promise<ReadonlySet<string>> {
    this.#open++;
    this.#messages += records.length;
    let left = records.length;
    try {
      const again = await this.#running.work(records, ({ receipt }) => {
        left--;
        this.#messages--;
        if (receipt !== undefined) this.#finished.push(receipt);
      });
      await afterwards();
      return again;
    } finally {
      this.#messages -= left;
      this.#close();
    }
  }

  /** All is over with the last of what was open. */
  #close(): void {
    if (--this.#open === 0) this.#over.resolve();
  }

  /**
   * Removes what is finished from the queue. What can't be removed is tried again with what is finished next, and
   * at the end; if that fails as well it comes again, and is found to be done.
   */
  async #remove(): Promise<void> {
    const receipts = this.#finished;
    if (receipts.length === 0) return;
    this.#finished = [];
    try {
      await this.#inbox.delete(receipts);
      this.#isBehind = false;
    } catch (cause) {
      this.#finished.push(...receipts);
      this.#isBehind = true;
      this.#deps.log.warn('dispatch.delete-failed', { messages: receipts.length }, cause);
    }
  }
}
