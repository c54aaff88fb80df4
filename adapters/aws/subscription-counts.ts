import { createHash } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { DYNAMO } from '../../contract/limits.ts';
import { KEYS } from '../../contract/tables.ts';
import { originOf } from '../../core/origin.ts';
import { Problem } from '../../core/problem.ts';
import { chunksOf } from './chunks.ts';
import { type Item, toItem } from './item.ts';
import { markOf } from './slow-marks.ts';
import { tenantPartition, versionKey } from './subscription-item.ts';
import { transact } from './transact.ts';

const ORIGIN = 'ORIGIN#';
/** Tries to count against writers who get in between. */
const MAX_TRIES = 10;

/**
 * How many subscriptions a tenant has, and how many at each origin: `held` of the tenant's change version and of an
 * item per origin, written in the transactions that make, move and remove subscriptions. A tenant whose version has no
 * `held` is from before there was a count; it is counted once, at its next create, move or removal.
 */
export class SubscriptionCounts {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /**
   * Moves the tenant's version and, if `change` is not 0, its count; the condition fails if it is not counted yet.
   * `unmarked` is a subscription that is no longer marked as slow.
   */
  version(
    tenant: string,
    change: -1 | 0 | 1,
    options: { readonly most?: number; readonly unmarked?: string } = {},
  ): TransactWriteItem {
    const { most = Number.MAX_SAFE_INTEGER, unmarked } = options;
    return {
      Update: {
        TableName: this.#table,
        Key: versionKey(tenant),
        ...unmarking(unmarked, 'ADD n :one, held :change'),
        ConditionExpression: change > 0 ? 'held < :most' : 'attribute_exists(held)',
        ExpressionAttributeValues: toItem({
          ':one': 1,
          ':change': change,
          ...(change > 0 ? { ':most': most } : {}),
        }),
      },
    };
  }

  /** Counts a subscription in or out of its URL's origin. The condition fails if that has as many as it may. */
  origin(tenant: string, url: string, change: -1 | 1, most = Number.MAX_SAFE_INTEGER): TransactWriteItem {
    return {
      Update: {
        TableName: this.#table,
        Key: originKey(tenant, url),
        UpdateExpression: 'ADD held :change',
        ...(change > 0 ? { ConditionExpression: 'attribute_not_exists(held) OR held < :most' } : {}),
        ExpressionAttributeValues: toItem({
          ':change': change,
          ...(change > 0 ? { ':most': most } : {}),
        }),
      },
    };
  }

  /** Takes away the count of an origin that nothing is left of. */
  async forgetEmpty(tenant: string, url: string): Promise<void> {
    try {
      await this.#client.send(
        new DeleteItemCommand({
          TableName: this.#table,
          Key: originKey(tenant, url),
          ConditionExpression: 'held <= :none',
          ExpressionAttributeValues: toItem({ ':none': 0 }),
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  /**
   * How many subscriptions a tenant has. One that was not counted yet is counted, each step on the condition that
   * nobody wrote a subscription of the tenant since; otherwise it begins again. Throws an `unavailable` `Problem`.
   */
  async held(tenant: string): Promise<number> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const { Item: version } = await this.#client.send(
        new GetItemCommand({ TableName: this.#table, Key: versionKey(tenant), ConsistentRead: true }),
      );
      if (version?.held !== undefined) return Number(version.held.N);
      const counted = await this.#count(tenant, version?.n);
      if (counted !== null) return counted;
    }
    throw new Problem('unavailable', 'The tenant is being changed by others. Try again.', [], {
      'retry-after': '1',
    });
  }

  /** Null if somebody wrote meanwhile. */
  async #count(tenant: string, n: Item[string] | undefined): Promise<number | null> {
    const unchanged = {
      TableName: this.#table,
      Key: versionKey(tenant),
      ConditionExpression:
        n === undefined ? `attribute_not_exists(${KEYS.partition})` : 'n = :n AND attribute_not_exists(held)',
    };
    const before: Item = n === undefined ? {} : { ':n': n };
    const { total, origins } = await this.#read(tenant);
    for (const chunk of chunksOf([...origins], DYNAMO.maxTransactItems - 1)) {
      const puts = chunk.map(([sort, held]) => ({
        Put: {
          TableName: this.#table,
          Item: toItem({ [KEYS.partition]: tenantPartition(tenant), [KEYS.sort]: sort, held }),
        },
      }));
      const check = {
        ConditionCheck: {
          ...unchanged,
          ...(n === undefined ? {} : { ExpressionAttributeValues: before }),
        },
      };
      if ((await transact(this.#client, [check, ...puts])).length > 0) return null;
    }
    const counted: TransactWriteItem = {
      Update: {
        ...unchanged,
        UpdateExpression: 'SET held = :held',
        ExpressionAttributeValues: { ...before, ...toItem({ ':held': total }) },
      },
    };
    return (await transact(this.#client, [counted])).length === 0 ? total : null;
  }

  /** All subscriptions of a tenant, by origin; those that an earlier count left behind are among them with none. */
  async #read(tenant: string): Promise<{ total: number; origins: ReadonlyMap<string, number> }> {
    const origins = new Map<string, number>();
    for await (const { [KEYS.sort]: sort } of this.#query(tenant, ORIGIN, KEYS.sort)) {
      origins.set(sort?.S ?? '', 0);
    }
    let total = 0;
    for await (const { url } of this.#query(tenant, 'SUB#', '#url')) {
      const sort = originSort(url?.S ?? '');
      origins.set(sort, (origins.get(sort) ?? 0) + 1);
      total++;
    }
    return { total, origins };
  }

  async *#query(tenant: string, prefix: string, projected: string): AsyncIterable<Item> {
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#table,
        KeyConditionExpression: `${KEYS.partition} = :tenant AND begins_with(${KEYS.sort}, :prefix)`,
        ExpressionAttributeValues: toItem({ ':tenant': tenantPartition(tenant), ':prefix': prefix }),
        ProjectionExpression: projected,
        ...(projected === '#url' ? { ExpressionAttributeNames: { '#url': 'url' } } : {}),
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) yield* Items;
  }
}

/** Moves a tenant's version, without a look at its count. `unmarked` is no longer marked as slow. */
export function versionMoves(table: string, tenant: string, unmarked?: string): TransactWriteItem {
  return {
    Update: {
      TableName: table,
      Key: versionKey(tenant),
      ...unmarking(unmarked, 'ADD n :one'),
      ExpressionAttributeValues: toItem({ ':one': 1 }),
    },
  };
}

function unmarking(
  id: string | undefined,
  update: string,
): { readonly UpdateExpression: string; readonly ExpressionAttributeNames?: Record<string, string> } {
  if (id === undefined) return { UpdateExpression: update };
  return { UpdateExpression: `${update} REMOVE #slow`, ExpressionAttributeNames: { '#slow': markOf(id) } };
}

function originKey(tenant: string, url: string): Item {
  return { [KEYS.partition]: { S: tenantPartition(tenant) }, [KEYS.sort]: { S: originSort(url) } };
}

/** A host's name may be longer than a key. */
function originSort(url: string): string {
  return ORIGIN + createHash('sha256').update(originOf(url)).digest('hex');
}
