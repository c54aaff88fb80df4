import { ConditionalCheckFailedException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { backoffMs, type Pause, pause } from './backoff.ts';

/** Tries until giving up on an item that transactions hold; about two seconds of waiting in all. */
const MAX_TRIES = 6;

/**
 * Makes one conditional write; null if its condition does not hold. Tries again after a growing pause while a
 * transaction holds the item, which refuses a plain write at once, and in the end throws that.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
 */
export async function ifHolds<T>(write: () => Promise<T>, waiting: Pause = pause): Promise<T | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return null;
      if (!(error instanceof TransactionConflictException) || attempt === MAX_TRIES) throw error;
      await waiting(backoffMs(attempt));
    }
  }
}
