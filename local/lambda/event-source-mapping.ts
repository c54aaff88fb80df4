import type { Received } from '../sqs/server.ts';
import type { SqsQueue } from '../sqs/store.ts';
import { MAX_PAYLOAD_BYTES } from './outcome.ts';
import { comeAgain } from './partial-batch.ts';
import type { Pool } from './pool.ts';
import { sqsEvent } from './sqs-event.ts';

/** Invocations of one mapping at once, whatever the template allows. */
export const MAX_CONCURRENCY = 32;
/** One call to a queue gives this many messages at most. */
const RECEIVE_MAX = 10;
/** Longest a poll waits, in seconds. */
const POLL_SECONDS = 20;
/** Room for what Lambda adds to the messages' own bytes. */
const RECORD_OVERHEAD_BYTES = 1024;

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
  readonly #pool: Pool;
  readonly #underWay = new Set<Promise<void>>();
  #running: Promise<void> | null = null;
  #stopping = false;

  constructor(spec: MappingSpec, queue: SqsQueue, receive: (max: number) => readonly Received[], pool: Pool) {
    this.#spec = spec;
    this.#queue = queue;
    this.#receive = receive;
    this.#pool = pool;
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
    const max = Math.min(this.#spec.maxConcurrency, MAX_CONCURRENCY);
    while (!this.#stopping) {
      if (this.#underWay.size >= max) {
        await Promise.race(this.#underWay);
        continue;
      }
      if (!(await this.#batchReady())) continue;
      const slot = await this.#pool.acquire();
      const batch = this.#stopping ? [] : this.#take();
      if (batch.length === 0) {
        slot.release();
        continue;
      }
      const work = this.#work(batch, (event) => slot.invoke(event));
      this.#underWay.add(work);
      work.finally(() => this.#underWay.delete(work));
    }
  }

  /** Waits for the first message, then for a full batch or the end of the window. */
  async #batchReady(): Promise<boolean> {
    if (!(await this.#visible(1, POLL_SECONDS * 1000))) return false;
    if (this.#spec.windowMs > 0) await this.#visible(this.#spec.batchSize, this.#spec.windowMs);
    return !this.#stopping;
  }

  async #visible(wanted: number, withinMs: number): Promise<boolean> {
    const givenUpAt = Date.now() + withinMs;
    for (;;) {
      this.#queue.processTimers();
      if (this.#queue.messages.length >= wanted) return true;
      const left = givenUpAt - Date.now();
      if (left <= 0 || this.#stopping) return false;
      await this.#queue.waitForMessages(left / 1000);
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

  async #work(
    batch: readonly Received[],
    invoke: (event: string) => ReturnType<Pool['invoke']>,
  ): Promise<void> {
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
