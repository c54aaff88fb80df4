import { randomUUID } from 'node:crypto';
import {
  type DynamoDBClient,
  TransactionCanceledException,
  TransactionInProgressException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { Problem } from '../../core/problem.ts';
import { backoffMs, type Pause, pause } from './backoff.ts';

/** Tries until giving up; about six seconds of waiting in all. */
const MAX_TRIES = 9;

/** Reasons that pass by themselves. API reference of TransactWriteItems, "Cancellation reasons". */
const PASSING = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/**
 * Writes all items or none. Answers the positions of items whose condition did not hold; empty if all were
 * written. Tries again after a growing pause while another transaction holds one of the items, and in the
 * end throws an `unavailable` `Problem`.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export async function transact(
  client: DynamoDBClient,
  items: readonly TransactWriteItem[],
  waiting: Pause = pause,
): Promise<readonly number[]> {
  // One for all tries: of a try whose answer got lost, the next one is told that it is done.
  const token = randomUUID();
  for (let attempt = 1; ; attempt++) {
    const outcome = await writeOnce(client, items, token);
    if (outcome !== 'held') return outcome;
    if (attempt === MAX_TRIES) {
      throw new Problem('unavailable', 'Too many writes at once. Try again in a moment.', [], {
        'retry-after': '1',
      });
    }
    await waiting(backoffMs(attempt));
  }
}

async function writeOnce(
  client: DynamoDBClient,
  items: readonly TransactWriteItem[],
  token: string,
): Promise<readonly number[] | 'held'> {
  try {
    await client.send(
      new TransactWriteItemsCommand({ TransactItems: [...items], ClientRequestToken: token }),
    );
    return [];
  } catch (error) {
    if (error instanceof TransactionInProgressException) return 'held';
    if (!(error instanceof TransactionCanceledException)) throw error;
    const codes = (error.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None');
    const failed = codes.flatMap((code, at) => (code === 'ConditionalCheckFailed' ? [at] : []));
    if (failed.length > 0) return failed;
    if (codes.some((code) => PASSING.has(code))) return 'held';
    throw error;
  }
}
