import { DeleteMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { SQS } from '../../contract/limits.ts';
import { backoffMs, type Pause } from './backoff.ts';
import { chunksOf } from './chunks.ts';

/** A received message in a batch call. */
export interface MessageEntry {
  readonly Id: string;
  readonly ReceiptHandle: string;
}

const MAX_TRIES = 5;

/**
 * Makes batch calls about received messages. `call` answers the ids of entries that it reports as failed; those go
 * again, and are raised in the end.
 */
export async function inBatches(
  receipts: readonly string[],
  pause: Pause,
  call: (entries: readonly MessageEntry[]) => Promise<readonly string[]>,
): Promise<void> {
  for (const chunk of chunksOf(receipts, SQS.maxBatchEntries)) {
    let entries = chunk.map((ReceiptHandle, i) => ({ Id: String(i), ReceiptHandle }));
    for (let attempt = 1; entries.length > 0; attempt++) {
      const failed = new Set(await call(entries));
      entries = entries.filter(({ Id }) => failed.has(Id));
      if (entries.length === 0) break;
      if (attempt === MAX_TRIES) throw new Error(`${entries.length} messages could not be changed`);
      await pause(backoffMs(attempt));
    }
  }
}

/** Deletes received messages for good. */
export async function deleteMessages(
  client: SQSClient,
  url: string,
  receipts: readonly string[],
  pause: Pause,
): Promise<void> {
  await inBatches(receipts, pause, async (entries) => {
    const { Failed = [] } = await client.send(
      new DeleteMessageBatchCommand({ QueueUrl: url, Entries: [...entries] }),
    );
    return Failed.map(({ Id }) => Id ?? '');
  });
}
