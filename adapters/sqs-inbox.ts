import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeliveryInbox } from '../core/dispatch/ports.ts';
import type { ReceivedRecord } from '../core/queue.ts';
import { type Pause, pause } from './aws/backoff.ts';
import { deleteMessages } from './aws/message-batches.ts';

/**
 * A long poll asks all of SQS's servers. It is never cut short: what it was given would stay hidden from everybody else
 * until its visibility ends.
 */
const POLL_SECONDS = 1;

/** A queue that an event source mapping works on, received from by hand as well. */
export class SqsInbox implements DeliveryInbox {
  readonly #client: SQSClient;
  readonly #url: string;
  readonly #pause: Pause;

  constructor(client: SQSClient, url: string, waiting: Pause = pause) {
    this.#client = client;
    this.#url = url;
    this.#pause = waiting;
  }

  async receive(max: number, waits: boolean): Promise<readonly ReceivedRecord[]> {
    const { Messages = [] } = await this.#client.send(
      new ReceiveMessageCommand({
        QueueUrl: this.#url,
        MaxNumberOfMessages: max,
        WaitTimeSeconds: waits ? POLL_SECONDS : 0,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      }),
    );
    return Messages.map(({ MessageId = '', Body = '', ReceiptHandle = '', Attributes = {} }) => ({
      messageId: MessageId,
      body: Body,
      // Of a message whose count is unknown somebody may have worked on.
      receiveCount: Number(Attributes.ApproximateReceiveCount ?? 2),
      receipt: ReceiptHandle,
    }));
  }

  async delete(receipts: readonly string[]): Promise<void> {
    await deleteMessages(this.#client, this.#url, receipts, this.#pause);
  }
}
