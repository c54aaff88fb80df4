import { SQS } from '../../contract/limits.ts';
import { type MessageQueue, type OutgoingMessage, QueueSendError } from '../../core/queue.ts';

/** What SQS takes for text. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const SQS_TEXT = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]+$/u;

/** A queue in memory that keeps what it was sent and refuses what SQS would. */
export class FakeQueue implements MessageQueue {
  /** Everything accepted, in order. */
  readonly sent: OutgoingMessage[] = [];
  /** How often `send` was called. */
  calls = 0;
  /** Set it to make the queue refuse messages; it may tell them by content or count them itself. */
  refuses: (message: OutgoingMessage) => boolean = () => false;

  async send(messages: readonly OutgoingMessage[]): Promise<void> {
    this.calls++;
    const failed: number[] = [];
    for (const [position, message] of messages.entries()) {
      if (!acceptable(message) || this.refuses(message)) failed.push(position);
      else this.sent.push(message);
    }
    if (failed.length > 0) throw new QueueSendError(failed);
  }

  /** Bodies accepted so far. */
  get bodies(): readonly string[] {
    return this.sent.map((message) => message.body);
  }
}

function acceptable({ body, delaySeconds = 0 }: OutgoingMessage): boolean {
  return (
    SQS_TEXT.test(body) &&
    Buffer.byteLength(body) <= SQS.maxBatchBytes &&
    delaySeconds >= 0 &&
    delaySeconds <= SQS.maxDelaySeconds
  );
}
