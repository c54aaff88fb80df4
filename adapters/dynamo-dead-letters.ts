import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import { RETENTION } from '../contract/limits.ts';
import type { DeadLetterMessage } from '../contract/messages.ts';
import { KEYS } from '../contract/tables.ts';
import type { Clock } from '../core/clock.ts';
import type { DeadLetterRecords } from '../core/dispatch/ports.ts';
import type { DeadDelivery, DeadLetterEntry, DeadLetterIndex } from '../core/redrive/ports.ts';
import { batchGet } from './aws/batch-get.ts';
import { expiry, fromItem, type Item, isExpired, toItem } from './aws/item.ts';

/** A failed delivery as stored; the delivery's id is the sort key. */
interface Row extends Omit<DeadLetterEntry, 'delivery' | 'run' | 'requests'> {
  readonly sk: string;
  /** Missing in records of earlier versions. */
  readonly run?: string;
  readonly requests?: number;
}

/** Failed deliveries on record: one item each under their tenant in the deliveries table. */
export class DynamoDeadLetters implements DeadLetterRecords, DeadLetterIndex {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #clock: Clock;

  constructor(client: DynamoDBClient, table: string, clock: Clock = { now: () => Date.now() }) {
    this.#client = client;
    this.#table = table;
    this.#clock = clock;
  }

  async record(letter: DeadLetterMessage, delivery: string): Promise<void> {
    await unlessRefused(
      this.#client.send(
        new PutItemCommand({
          TableName: this.#table,
          Item: itemOf(letter, delivery),
          ConditionExpression: 'attribute_not_exists(attempts) OR attempts < :attempt',
          ExpressionAttributeValues: toItem({ ':attempt': letter.attempt }),
        }),
      ),
    );
  }

  async *entries(tenant: string, after: string | null): AsyncIterable<readonly DeadLetterEntry[]> {
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#table,
        KeyConditionExpression: `${KEYS.partition} = :tenant${after === null ? '' : ` AND ${KEYS.sort} < :after`}`,
        ExpressionAttributeValues: toItem({ ':tenant': partition(tenant), ':after': after ?? undefined }),
        ScanIndexForward: false,
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) {
      const now = this.#clock.now();
      const live = Items.filter((item) => !isExpired(item, now));
      if (live.length > 0) yield live.map(entryOf);
    }
  }

  async stillDead<Death extends DeadDelivery>(deaths: readonly Death[]): Promise<readonly Death[]> {
    const items = await batchGet(this.#client, this.#table, deaths.map(keyOf));
    const attempts = new Map(
      items.map(entryOf).map((entry) => [`${entry.tenant}\n${entry.delivery}`, entry.attempts]),
    );
    return deaths.filter((death) => attempts.get(`${death.tenant}\n${death.delivery}`) === death.attempt);
  }

  async remove(death: DeadDelivery): Promise<void> {
    await unlessRefused(
      this.#client.send(
        new DeleteItemCommand({
          TableName: this.#table,
          Key: keyOf(death),
          ConditionExpression: 'attempts <= :attempt',
          ExpressionAttributeValues: toItem({ ':attempt': death.attempt }),
        }),
      ),
    );
  }
}

/** A refused condition means that the work was done before, or overtaken. */
async function unlessRefused(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

function itemOf(letter: DeadLetterMessage, delivery: string): Item {
  const { dead, event } = letter;
  const row: Omit<Row, 'sk'> = {
    tenant: event.tenant,
    event: event.id,
    eventType: event.type,
    subscription: letter.targets[0] ?? '',
    shards: letter.shards,
    createdAt: event.acceptedAt,
    deadAt: dead.at,
    reason: dead.reason,
    run: letter.run,
    attempts: letter.attempt,
    requests: dead.requests ?? letter.attempt,
    lastStatus: dead.lastStatus,
    lastError: dead.lastError,
  };
  return {
    ...keyOf({ tenant: event.tenant, delivery }),
    ...toItem({ ...row, [KEYS.expiresAt]: expiry(dead.at, RETENTION.recordSeconds) }),
  };
}

function entryOf(item: Item): DeadLetterEntry {
  const { sk, ...row } = fromItem<Row & { pk?: string; ttl?: number }>(item);
  const { pk: _pk, ttl: _ttl, ...entry } = row;
  const { run = null, requests = entry.attempts } = entry;
  return { ...entry, run, requests, delivery: sk };
}

function partition(tenant: string): string {
  return `DEAD#${tenant}`;
}

function keyOf(letter: { tenant: string; delivery: string }): Item {
  return { [KEYS.partition]: { S: partition(letter.tenant) }, [KEYS.sort]: { S: letter.delivery } };
}
