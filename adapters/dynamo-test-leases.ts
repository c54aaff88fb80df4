import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Quotas } from '../contract/limits.ts';
import { KEYS } from '../contract/tables.ts';
import {
  ceilingReached,
  type TestCeiling,
  type TestLease,
  type TestLeases,
} from '../core/manage/test-leases.ts';
import { backoffMs, type Pause, pause } from './aws/backoff.ts';
import { fromItem, type Item, toItem } from './aws/item.ts';

/** The one item that all leases are attributes of, so that one condition holds both ceilings. */
const KEY: Item = { [KEYS.partition]: { S: 'LEASES' }, [KEYS.sort]: { S: 'TESTS' } };
/** Begins the attributes that are leases. */
const LEASE = 'lease ';
/** Tries to take a lease against others who take one; each time one of them gets through. */
const MAX_TRIES = 12;

/** The leases of test deliveries in the subscriptions table. */
export class DynamoTestLeases implements TestLeases {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #quotas: Pick<Quotas, 'testsPerTenant' | 'tests'>;
  readonly #pause: Pause;

  constructor(
    client: DynamoDBClient,
    table: string,
    quotas: Pick<Quotas, 'testsPerTenant' | 'tests'>,
    waiting: Pause = pause,
  ) {
    this.#client = client;
    this.#table = table;
    this.#quotas = quotas;
    this.#pause = waiting;
  }

  async take(lease: TestLease, now: number): Promise<TestCeiling> {
    for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
      const { n, held } = await this.#read();
      const ceiling = ceilingReached(held, lease.tenant, now, this.#quotas);
      if (ceiling !== null) return ceiling;
      if (await this.#write(lease, n, held, now)) return null;
      await this.#pause(backoffMs(attempt) / 4);
    }
    // So many are being taken at this moment that there can't be room for long.
    return 'tests';
  }

  async release(lease: TestLease): Promise<void> {
    // Does not move `n`: whoever read the lease counts one too many, which passes no ceiling.
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: KEY,
        UpdateExpression: 'REMOVE #lease',
        ExpressionAttributeNames: { '#lease': LEASE + lease.id },
      }),
    );
  }

  async #read(): Promise<{ n: number | null; held: readonly TestLease[] }> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: KEY, ConsistentRead: true }),
    );
    const leases = Object.entries(Item ?? {}).filter(([name]) => name.startsWith(LEASE));
    return {
      n: Item?.n?.N === undefined ? null : Number(Item.n.N),
      held: leases.map(([, value]) => fromItem<{ value: TestLease }>({ value }).value),
    };
  }

  /** Puts a lease beside those that were read, and takes out those that ended. False if somebody was quicker. */
  async #write(
    lease: TestLease,
    n: number | null,
    held: readonly TestLease[],
    now: number,
  ): Promise<boolean> {
    const ended = held
      .filter(({ until }) => until <= now)
      .map(({ id }, i) => [`#e${i}`, LEASE + id] as const);
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: KEY,
          UpdateExpression: `SET #lease = :lease ADD n :one${
            ended.length === 0 ? '' : ` REMOVE ${ended.map(([name]) => name).join(', ')}`
          }`,
          ConditionExpression: n === null ? 'attribute_not_exists(n)' : 'n = :n',
          ExpressionAttributeNames: { '#lease': LEASE + lease.id, ...Object.fromEntries(ended) },
          ExpressionAttributeValues: toItem({ ':lease': lease, ':one': 1, ':n': n ?? undefined }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
