import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { SQS } from '../contract/limits.ts';
import type { DeadLetterQueue, ReceivedLetter } from '../core/redrive/ports.ts';
import { backoffMs, type Pause, pause } from './aws/backoff.ts';
import { chunksOf } from './aws/chunks.ts';

/** A long poll asks all of SQS's servers, so that an empty answer means something. */
const POLL_SECONDS = 1;
const MAX_TRIES = 5;

/** The queue `dead-letters`, received from by hand. */
export class SqsDeadLetters implements DeadLetterQueue {
  readonly #client: SQSClient;
  readonly #url: string;
  readonly #pause: Pause;

  constructor(client: SQSClient, url: string, waiting: Pause = pause) {
    this.#client = client;
    this.#url = url;
    this.#pause = waiting;
  }

  async receive(holdSeconds: number): Promise<readonly ReceivedLetter[]> {
    const { Messages = [] } = await this.#client.send(
      new ReceiveMessageCommand({
        QueueUrl: this.#url,
        MaxNumberOfMessages: SQS.maxBatchEntries,
        WaitTimeSeconds: POLL_SECONDS,
        VisibilityTimeout: holdSeconds,
      }),
    );
    return Messages.map(({ Body = '', ReceiptHandle = '' }) => ({ body: Body, receipt: ReceiptHandle }));
  }

  async delete(receipts: readonly string[]): Promise<void> {
    await this.#inBatches(receipts, async (entries) => {
      const { Failed = [] } = await this.#client.send(
        new DeleteMessageBatchCommand({ QueueUrl: this.#url, Entries: [...entries] }),
      );
      return Failed.map(({ Id }) => Id ?? '');
    });
  }

  async release(receipts: readonly string[]): Promise<void> {
    await this.#inBatches(receipts, async (entries) => {
      const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
      const { Failed = [] } = await this.#client.send(
        new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.#url, Entries }),
      );
      return Failed.map(({ Id }) => Id ?? '');
    });
  }

  /** Makes batch calls; entries that a call reports as failed go again, and are raised in the end. */
  async #inBatches(
    receipts: readonly string[],
    call: (entries: readonly { Id: string; ReceiptHandle: string }[]) => Promise<readonly string[]>,
  ): Promise<void> {
    for (const chunk of chunksOf(receipts, SQS.maxBatchEntries)) {
      let entries = chunk.map((ReceiptHandle, i) => ({ Id: String(i), ReceiptHandle }));
      for (let attempt = 1; entries.length > 0; attempt++) {
        const failed = new Set(await call(entries));
        entries = entries.filter(({ Id }) => failed.has(Id));
        if (entries.length === 0) break;
        if (attempt === MAX_TRIES) throw new Error(`${entries.length} dead letters could not be changed`);
        await this.#pause(backoffMs(attempt));
      }
    }
  }
}
