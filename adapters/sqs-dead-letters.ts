import {
  ChangeMessageVisibilityBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { SQS } from '../contract/limits.ts';
import type { DeadLetterQueue, ReceivedLetter } from '../core/redrive/ports.ts';
import { type Pause, pause } from './aws/backoff.ts';
import { deleteMessages, inBatches } from './aws/message-batches.ts';

/** A long poll asks all of SQS's servers, so that an empty answer means something. */
const POLL_SECONDS = 1;

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
    await deleteMessages(this.#client, this.#url, receipts, this.#pause);
  }

  async release(receipts: readonly string[]): Promise<void> {
    await inBatches(receipts, this.#pause, async (entries) => {
      const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
      const { Failed = [] } = await this.#client.send(
        new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.#url, Entries }),
      );
      return Failed.map(({ Id }) => Id ?? '');
    });
  }
}
