import { arrival } from '../sqs/arrivals.ts';
import type { Received } from '../sqs/server.ts';
import type { SqsQueue } from '../sqs/store.ts';
import { MAX_PAYLOAD_BYTES } from './outcome.ts';
import { comeAgain } from './partial-batch.ts';
import type { Environments, Slot } from './pool.ts';
import type { Share } from './shares.ts';
import { sqsEvent } from './sqs-event.ts';

/** One call to a queue gives this many messages at most. */
const RECEIVE_MAX = 10;
/** Longest a poll waits. */
const POLL_MS = 20_000;
/** Room for what Lambda adds to the messages' own bytes. */
const RECORD_OVERHEAD_BYTES = 1024;
/** After a batch that was not full, the time in which the next one may fill. */
const PAUSE_MS = 40;

/** An event source mapping of the template. */
export interface MappingSpec {
  readonly queueArn: string;
  readonly functionArn: string;
  readonly batchSize: number;
  /** Time to wait for a batch to fill, in milliseconds. */
  readonly windowMs: number;
  readonly maxConcurrency: number;
  readonly reportsFailures: boolean;
}

/** Moves messages from a queue to a function, as Lambda does. */
export class EventSourceMapping {
  readonly #spec: MappingSpec;
  readonly #queue: SqsQueue;
  readonly #receive: (max: number) => readonly Received[];
  readonly #pool: Environments;
  readonly #share: Share;
  readonly #underWay = new Set<Promise<void>>();
  #running: Promise<void> | null = null;
  #stopping = false;
  /** When the last batch was taken, in epoch milliseconds; 0 if it was full. */
  #tookAt = 0;

  constructor(
    spec: MappingSpec,
    queue: SqsQueue,
    receive: (max: number) => readonly Received[],
    pool: Environments,
    share: Share,
  ) {
    this.#spec = spec;
    this.#queue = queue;
    this.#receive = receive;
    this.#pool = pool;
    this.#share = share;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Takes no more messages. What was taken is finished first, if the functions may go on running. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#queue.cancelWaiters();
    await this.#running;
    await Promise.all(this.#underWay);
  }

  /** Takes messages only when there is somebody to work on them: in the queue they age, held they time out. */
  async #run(): Promise<void> {
    while (!this.#stopping) {
      if (this.#underWay.size >= this.#share.concurrency) {
        await Promise.race(this.#underWay);
        continue;
      }
      if (!(await this.#batchReady())) continue;
      const slot = await this.#pool.acquire(this.#share.lane);
      const batch = this.#stopping ? [] : this.#take();
      if (batch.length === 0) {
        slot.release();
        continue;
      }
      this.#tookAt = batch.length < this.#spec.batchSize ? Date.now() : 0;
      const work = this.#work(batch, slot);
      this.#underWay.add(work);
      work.finally(() => this.#underWay.delete(work));
    }
  }

  /** Waits for the first message, then for a full batch or the end of the window, or of the pause after the last batch. */
  async #batchReady(): Promise<boolean> {
    if (!(await this.#visible(1, () => POLL_MS))) return false;
    const { batchSize, windowMs } = this.#spec;
    const end = Date.now() + windowMs;
    await this.#visible(batchSize, () => Math.max(end, this.#tookAt + PAUSE_MS) - Date.now());
    return !this.#stopping;
  }

  /** Waits until so many messages are visible, or no time is left. */
  async #visible(wanted: number, msLeft: () => number): Promise<boolean> {
    for (;;) {
      if (this.#queue.messages.length >= wanted) return true;
      const left = msLeft();
      if (left <= 0 || this.#stopping) return false;
      // A batch that ends meanwhile makes the pause shorter.
      await arrival(this.#queue, wanted === 1 ? left : Math.min(left, PAUSE_MS));
      if (wanted === 1) return this.#queue.messages.length > 0;
    }
  }

  #take(): readonly Received[] {
    const batch: Received[] = [];
    let bytes = 0;
    while (batch.length < this.#spec.batchSize) {
      const room = Math.floor((MAX_PAYLOAD_BYTES - bytes) / (this.#largest() + RECORD_OVERHEAD_BYTES));
      const got = this.#receive(
        Math.min(RECEIVE_MAX, this.#spec.batchSize - batch.length, Math.max(room, 0)),
      );
      if (got.length === 0) break;
      batch.push(...got);
      bytes += got.reduce((sum, { message }) => sum + sizeOf(message.body), 0);
    }
    return batch;
  }

  /** Bytes that the largest of the next messages takes in an event. */
  #largest(): number {
    return Math.max(0, ...this.#queue.messages.slice(0, RECEIVE_MAX).map((message) => sizeOf(message.body)));
  }

  async #work(batch: readonly Received[], { invoke }: Slot): Promise<void> {
    const outcome = await invoke(JSON.stringify(sqsEvent(batch, this.#spec.queueArn)));
    const ids = batch.map(({ message }) => message.messageId);
    const again = comeAgain(outcome, ids, this.#spec.reportsFailures);
    // The others stay out of sight until the queue's visibility timeout ends, then come again.
    for (const { receiptHandle, message } of batch) {
      if (!again.has(message.messageId)) this.#queue.deleteMessage(receiptHandle);
    }
  }
}

function sizeOf(body: string): number {
  return Buffer.byteLength(JSON.stringify(body));
}
