import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { SQS } from '../contract/limits.ts';
import { type MessageQueue, type OutgoingMessage, QueueSendError } from '../core/queue.ts';
import { backoffMs, type Pause, pause } from './aws/backoff.ts';
import { inParallel } from './aws/in-parallel.ts';

/** A message with its position in the list given to `send`, and its size in bytes. */
interface Entry {
  readonly position: number;
  readonly message: OutgoingMessage;
  readonly bytes: number;
}

/** Positions that a call did not get accepted; `again` may be tried once more, `refused` may not. */
interface Rest {
  readonly again: readonly Entry[];
  readonly refused: readonly Entry[];
  readonly cause?: unknown;
}

/** Tries per message; under a second of waiting in all, because a caller may wait for the answer. */
const MAX_TRIES = 5;
/** Calls at once. */
const WIDTH = 8;

/** A standard queue of Amazon SQS. */
export class SqsQueue implements MessageQueue {
  readonly #client: SQSClient;
  readonly #url: string;
  readonly #pause: Pause;

  constructor(client: SQSClient, url: string, waiting: Pause = pause) {
    this.#client = client;
    this.#url = url;
    this.#pause = waiting;
  }

  async send(messages: readonly OutgoingMessage[]): Promise<void> {
    const entries = messages.map(toEntry);
    const failed = entries.filter((entry) => !fits(entry));
    let waiting = entries.filter(fits);
    let cause: unknown;
    for (let attempt = 1; waiting.length > 0; attempt++) {
      const rest = await this.#sendAll(waiting);
      failed.push(...rest.refused);
      cause ??= rest.cause;
      waiting = [...rest.again];
      if (waiting.length === 0) break;
      if (attempt === MAX_TRIES) failed.push(...waiting.splice(0));
      else await this.#pause(backoffMs(attempt));
    }
    if (failed.length > 0) {
      throw new QueueSendError(
        failed.map((entry) => entry.position).sort((a, b) => a - b),
        cause,
      );
    }
  }

  async #sendAll(entries: readonly Entry[]): Promise<Rest> {
    const rests = await inParallel(batchesOf(entries), WIDTH, (batch) => this.#sendBatch(batch));
    const all = rests.map((rest) => (rest.status === 'fulfilled' ? rest.value : raise(rest.reason)));
    return {
      again: all.flatMap((rest) => rest.again),
      refused: all.flatMap((rest) => rest.refused),
      cause: all.find((rest) => rest.cause !== undefined)?.cause,
    };
  }

  /** One call. A thrown error was tried again by the SDK already, so its messages count as refused. */
  async #sendBatch(batch: readonly Entry[]): Promise<Rest> {
    const Entries = batch.map(toRequest);
    try {
      const answer = await this.#client.send(new SendMessageBatchCommand({ QueueUrl: this.#url, Entries }));
      const accepted = new Set(answer.Successful?.map((entry) => entry.Id));
      const faulty = new Set(answer.Failed?.filter((entry) => entry.SenderFault).map((entry) => entry.Id));
      const left = batch.filter((_, i) => !accepted.has(String(i)));
      return {
        again: left.filter((entry) => !faulty.has(String(batch.indexOf(entry)))),
        refused: left.filter((entry) => faulty.has(String(batch.indexOf(entry)))),
      };
    } catch (cause) {
      return { again: [], refused: batch, cause };
    }
  }
}

function toEntry(message: OutgoingMessage, position: number): Entry {
  return { position, message, bytes: Buffer.byteLength(message.body) };
}

function fits({ message, bytes }: Entry): boolean {
  return bytes > 0 && bytes <= SQS.maxBatchBytes && (message.delaySeconds ?? 0) <= SQS.maxDelaySeconds;
}

function toRequest({ message }: Entry, index: number): SendMessageBatchRequestEntry {
  return {
    Id: String(index),
    MessageBody: message.body,
    ...(message.delaySeconds ? { DelaySeconds: message.delaySeconds } : {}),
    ...(message.group === undefined ? {} : { MessageGroupId: message.group }),
  };
}

/** Packs entries in their order: 10 and 1 MiB per call at most. */
function batchesOf(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const batches: Entry[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const last = batches.at(-1);
    if (last && last.length < SQS.maxBatchEntries && bytes + entry.bytes <= SQS.maxBatchBytes) {
      last.push(entry);
      bytes += entry.bytes;
    } else {
      batches.push([entry]);
      bytes = entry.bytes;
    }
  }
  return batches;
}

function raise(reason: unknown): never {
  throw reason;
}
