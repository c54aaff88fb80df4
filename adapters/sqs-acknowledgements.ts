import type { SQSClient } from '@aws-sdk/client-sqs';
import { type Pause, pause } from './aws/backoff.ts';
import { deleteMessages } from './aws/message-batches.ts';

/** Acknowledges messages that an event source mapping received, without waiting for the end of the invocation. */
export class SqsAcknowledgements {
  readonly #client: SQSClient;
  readonly #url: string;
  readonly #pause: Pause;

  constructor(client: SQSClient, url: string, waiting: Pause = pause) {
    this.#client = client;
    this.#url = url;
    this.#pause = waiting;
  }

  /** By the receipt handles of the messages. That the mapping deletes them again at the end does no harm. */
  async acknowledge(receipts: readonly string[]): Promise<void> {
    await deleteMessages(this.#client, this.#url, receipts, this.#pause);
  }
}
