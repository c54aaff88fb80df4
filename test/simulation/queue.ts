import { SQS } from '../../contract/limits.ts';
import { type MessageQueue, type OutgoingMessage, QueueSendError } from '../../core/queue.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How badly a standard queue behaves, as probabilities. */
export interface QueueManners {
  /** A received message stays visible too, so a second worker gets it at the same time. */
  readonly duplicate: number;
  /** A deleted message comes once more. */
  readonly undeleted: number;
  /** An entry of a batch is reported as failed although the others went. */
  readonly entryFailed: number;
}

export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  visibleAt: number;
  receiveCount: number;
}

/**
 * A standard SQS queue in virtual time: at least once, in no order, with delay, visibility, receive counts and
 * a redrive policy. It refuses what SQS refuses.
 */
export class SimulatedQueue implements MessageQueue {
  readonly name: string;
  readonly #time: VirtualTime;
  readonly #manners: QueueManners;
  readonly #visibilityMs: number;
  readonly #maxReceiveCount: number;
  readonly #poison: QueuedMessage[] = [];
  readonly #messages = new Map<string, QueuedMessage>();
  #next = 0;
  #wake: (() => void) | null = null;
  sent = 0;
  duplicates = 0;

  constructor(
    name: string,
    time: VirtualTime,
    manners: QueueManners,
    visibilityMs: number,
    maxReceiveCount = Number.POSITIVE_INFINITY,
  ) {
    this.name = name;
    this.#time = time;
    this.#manners = manners;
    this.#visibilityMs = visibilityMs;
    this.#maxReceiveCount = maxReceiveCount;
  }

  /** Messages that fell to the poison queue. */
  get poison(): readonly QueuedMessage[] {
    return this.#poison;
  }

  /** Everything on the queue: waiting, delayed and in flight. */
  get messages(): readonly QueuedMessage[] {
    return [...this.#messages.values()];
  }

  get size(): number {
    return this.#messages.size;
  }

  async send(messages: readonly OutgoingMessage[]): Promise<void> {
    const failed: number[] = [];
    messages.forEach((message, position) => {
      if (Buffer.byteLength(message.body) > SQS.maxBatchBytes) throw new Error('a message is over 1 MiB');
      const delay = message.delaySeconds ?? 0;
      if (!Number.isInteger(delay) || delay < 0 || delay > SQS.maxDelaySeconds) {
        throw new Error(`a delay of ${delay} s was asked for`);
      }
      if (this.#time.chance(this.#manners.entryFailed)) failed.push(position);
      else this.#put(message.body, delay * 1000);
    });
    if (failed.length > 0) throw new QueueSendError(failed);
  }

  #put(body: string, delayMs: number): void {
    const id = `${this.name}-${this.#next++}`;
    this.sent++;
    this.#messages.set(id, { id, body, visibleAt: this.#time.now() + delayMs, receiveCount: 0 });
    this.#time.after(delayMs, () => this.#wake?.());
  }

  /** Calls back whenever a message may have become visible. */
  onVisible(wake: () => void): void {
    this.#wake = wake;
  }

  /** Up to `max` visible messages in no order, hidden for the visibility timeout. */
  receive(max: number, visibilityMs = this.#visibilityMs): readonly QueuedMessage[] {
    const now = this.#time.now();
    const visible = [...this.#messages.values()].filter((message) => message.visibleAt <= now);
    const batch: QueuedMessage[] = [];
    while (batch.length < max && visible.length > 0) {
      const [message] = visible.splice(Math.floor(this.#time.random.number() * visible.length), 1);
      if (message && this.#handOut(message, visibilityMs)) batch.push({ ...message });
    }
    return batch;
  }

  #handOut(message: QueuedMessage, visibilityMs: number): boolean {
    message.receiveCount++;
    if (message.receiveCount > this.#maxReceiveCount) {
      this.#messages.delete(message.id);
      this.#poison.push(message);
      return false;
    }
    const twice = this.#time.chance(this.#manners.duplicate);
    if (twice) this.duplicates++;
    // Whole milliseconds, like the clock: otherwise the wake-up below may come a fraction too early.
    const hiddenMs = twice ? Math.floor(this.#time.between(0, 2_000)) : visibilityMs;
    message.visibleAt = this.#time.now() + hiddenMs;
    this.#time.after(hiddenMs, () => this.#wake?.());
    return true;
  }

  /** Deletes messages by id; now and then one comes again all the same. */
  delete(ids: readonly string[]): void {
    for (const id of ids) {
      const message = this.#messages.get(id);
      if (message && this.#time.chance(this.#manners.undeleted)) {
        this.duplicates++;
        message.visibleAt = this.#time.now() + this.#time.between(0, 60_000);
        this.#time.after(60_000, () => this.#wake?.());
      } else this.#messages.delete(id);
    }
  }

  /** Makes messages visible again at once. */
  release(ids: readonly string[]): void {
    for (const id of ids) {
      const message = this.#messages.get(id);
      if (message) message.visibleAt = this.#time.now();
    }
    this.#wake?.();
  }
}

/** A queue of dead letters, as a redrive works on it. */
export function lettersOn(queue: SimulatedQueue) {
  return {
    receive: async (holdSeconds: number) =>
      queue.receive(10, holdSeconds * 1000).map(({ id, body }) => ({ body, receipt: id })),
    delete: async (receipts: readonly string[]) => queue.delete(receipts),
    release: async (receipts: readonly string[]) => queue.release(receipts),
  };
}

/** A queue that an event source mapping works on, as a run can receive from it by itself. */
export function inboxOn(queue: SimulatedQueue, time: VirtualTime) {
  return {
    receive: async (max: number, waits: boolean) => {
      const first = queue.receive(max);
      const isLong = waits && first.length === 0;
      if (isLong) await time.sleep(1_000);
      const messages = isLong ? queue.receive(max) : first;
      return messages.map(({ id, body, receiveCount }) => ({
        messageId: id,
        body,
        receiveCount,
        receipt: id,
      }));
    },
    delete: async (receipts: readonly string[]) => queue.delete(receipts),
  };
}
