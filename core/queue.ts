/** A message to be put on a queue. */
export interface OutgoingMessage {
  readonly body: string;
  /** Seconds before it may be received, 0 to 900. */
  readonly delaySeconds?: number;
  /** Fair-queue group: the tenant, so that a busy one does not hold up the rest. */
  readonly group?: string;
}

/** A queue that messages can be put on. */
export interface MessageQueue {
  /**
   * Puts all messages on the queue, in batches within SQS's limits; entries that a batch call reports as
   * failed are sent again. Throws `QueueSendError` if some are not accepted in the end.
   */
  send(messages: readonly OutgoingMessage[]): Promise<void>;
}

/** Some messages were not accepted; the others were. */
export class QueueSendError extends Error {
  override readonly name = 'QueueSendError';
  /** Positions, in the list given to `send`, of the messages that were not accepted. */
  readonly failed: readonly number[];

  constructor(failed: readonly number[], cause?: unknown) {
    super(`${failed.length} messages were not accepted by the queue`, { cause });
    this.failed = failed;
  }
}

/** A message received from a queue by an event source mapping. */
export interface ReceivedRecord {
  readonly messageId: string;
  readonly body: string;
  /** 1 on the first receive; above 1 an earlier worker may have died half-way. */
  readonly receiveCount: number;
  /** Removes it from its queue; absent where only the event source mapping does. */
  readonly receipt?: string;
}
