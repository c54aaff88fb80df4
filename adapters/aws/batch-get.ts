import { BatchGetItemCommand, type DynamoDBClient, type KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { DYNAMO } from '../../contract/limits.ts';
import { KEYS } from '../../contract/tables.ts';
import { backoffMs, type Pause, pause } from './backoff.ts';
import { chunksOf } from './chunks.ts';
import type { Item } from './item.ts';

/** Raised when some items could not be read. */
export class UnprocessedReadsError extends Error {
  override readonly name = 'UnprocessedReadsError';

  constructor(left: number) {
    super(`${left} items were not read`);
  }
}

/** `consistent: false` costs half as much and may miss what was written in the last second. */
export interface BatchGetOptions {
  readonly consistent?: boolean;
  readonly waiting?: Pause;
}

/** Fruitless tries in a row until what DynamoDB gives back is raised; about six seconds of waiting in all. */
const MAX_TRIES = 8;

/**
 * Reads items by key, consistently unless told otherwise, in batches of 100; what DynamoDB returns as unprocessed (throttled, or
 * over 16 MB) is asked for again. Items that do not exist are left out. Throws `UnprocessedReadsError`.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
export async function batchGet(
  client: DynamoDBClient,
  table: string,
  keys: readonly Item[],
  { consistent = true, waiting = pause }: BatchGetOptions = {},
): Promise<readonly Item[]> {
  const distinct = new Map(keys.map((key) => [`${key[KEYS.partition]?.S}\n${key[KEYS.sort]?.S}`, key]));
  const items: Item[] = [];
  for (const batch of chunksOf([...distinct.values()], DYNAMO.maxBatchGetItems)) {
    items.push(...(await getBatch(client, table, batch, consistent, waiting)));
  }
  return items;
}

async function getBatch(
  client: DynamoDBClient,
  table: string,
  keys: readonly Item[],
  consistent: boolean,
  waiting: Pause,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let asked: KeysAndAttributes = { Keys: [...keys], ConsistentRead: consistent };
  for (let fruitless = 0; ; ) {
    const answer = await client.send(new BatchGetItemCommand({ RequestItems: { [table]: asked } }));
    const found = answer.Responses?.[table] ?? [];
    items.push(...found);
    const left = answer.UnprocessedKeys?.[table];
    if (!left?.Keys || left.Keys.length === 0) return items;
    fruitless = found.length > 0 ? 0 : fruitless + 1;
    if (fruitless === MAX_TRIES) throw new UnprocessedReadsError(left.Keys.length);
    if (fruitless > 0) await waiting(backoffMs(fruitless));
    asked = left;
  }
}
