import { BatchWriteItemCommand, type DynamoDBClient, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { DYNAMO } from '../../contract/limits.ts';
import { KEYS } from '../../contract/tables.ts';
import { backoffMs, type Pause, pause } from './backoff.ts';
import { chunksOf } from './chunks.ts';
import { inParallel } from './in-parallel.ts';
import type { Item } from './item.ts';

/** One write: a whole item to put, or the key of one to delete. */
export type BatchWrite = { readonly put: Readonly<Item> } | { readonly delete: Readonly<Item> };

/** Raised when some writes were not carried out; the others were. */
export class UnprocessedWritesError extends Error {
  override readonly name = 'UnprocessedWritesError';
  readonly left: readonly BatchWrite[];

  constructor(left: readonly BatchWrite[], cause?: unknown) {
    super(`${left.length} items were not written`, { cause });
    this.left = left;
  }
}

/** Tries per call until what DynamoDB gives back is raised; about six seconds of waiting in all. */
const MAX_TRIES = 8;
/** Calls at once: enough to hide their latency, too few to use up sockets. */
const WIDTH = 8;

/**
 * Writes items in batches of 25; what DynamoDB returns as unprocessed is sent again after a growing pause.
 * Of two writes to one key the later counts, because DynamoDB refuses a batch that names a key twice. Throws
 * `UnprocessedWritesError` naming what is left. BatchWriteItem takes no conditions.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 */
export async function batchWrite(
  client: DynamoDBClient,
  table: string,
  writes: readonly BatchWrite[],
  waiting: Pause = pause,
): Promise<void> {
  const batches = chunksOf(lastPerKey(writes), DYNAMO.maxBatchWriteItems);
  const results = await inParallel(batches, WIDTH, (batch) => writeBatch(client, table, batch, waiting));
  const left: BatchWrite[] = [];
  let cause: unknown;
  for (const result of results) {
    if (result.status === 'fulfilled') continue;
    if (!(result.reason instanceof UnprocessedWritesError)) throw result.reason;
    left.push(...result.reason.left);
    cause ??= result.reason.cause;
  }
  if (left.length > 0) throw new UnprocessedWritesError(left, cause);
}

async function writeBatch(
  client: DynamoDBClient,
  table: string,
  batch: readonly BatchWrite[],
  waiting: Pause,
): Promise<void> {
  let requests = batch.map(toRequest);
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
      requests = answer.UnprocessedItems?.[table] ?? [];
    } catch (cause) {
      throw new UnprocessedWritesError(requests.map(fromRequest), cause);
    }
    if (requests.length === 0) return;
    if (attempt === MAX_TRIES) throw new UnprocessedWritesError(requests.map(fromRequest));
    await waiting(backoffMs(attempt));
  }
}

function toRequest(write: BatchWrite): WriteRequest {
  return 'put' in write
    ? { PutRequest: { Item: { ...write.put } } }
    : { DeleteRequest: { Key: { ...write.delete } } };
}

function fromRequest(request: WriteRequest): BatchWrite {
  return request.PutRequest
    ? { put: request.PutRequest.Item ?? {} }
    : { delete: request.DeleteRequest?.Key ?? {} };
}

function lastPerKey(writes: readonly BatchWrite[]): readonly BatchWrite[] {
  const byKey = new Map<string, BatchWrite>();
  for (const write of writes) {
    const item = 'put' in write ? write.put : write.delete;
    byKey.set(`${item[KEYS.partition]?.S}\n${item[KEYS.sort]?.S}`, write);
  }
  return [...byKey.values()];
}
