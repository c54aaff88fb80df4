import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type TransactWriteItem,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { DYNAMO } from '../contract/limits.ts';
import { HEALTHY, type Health } from '../core/dispatch/health.ts';
import type { FailedAttempt, HealthStore } from '../core/dispatch/ports.ts';
import { type EndpointVersion, endpointKey } from '../core/subscription.ts';
import { chunksOf } from './aws/chunks.ts';
import { healthIdOf, healthItems, healthOf } from './aws/health-items.ts';
import { ifHolds } from './aws/if-holds.ts';
import { type Item, toItem } from './aws/item.ts';
import { markedLately, marking, slowMarksOf, unmarking } from './aws/slow-marks.ts';
import { ifLeadsTo } from './aws/still-there.ts';
import { healthKey, versionKey } from './aws/subscription-item.ts';
import { transact } from './aws/transact.ts';

/** Tries against others who write the same at the same time. */
const MAX_TRIES = 8;
/** Endpoints marked in one transaction: two items each, and the tenant's change version. */
const MARKED_AT_ONCE = Math.floor((DYNAMO.maxTransactItems - 1) / 2);
/** The endpoint that a row is about. */
const OF = { '#of': 'endpoint' };

/**
 * Health of subscriptions in the subscriptions table: an item each, only where there is something to know. It names the
 * endpoint it was learnt from. It is made in one transaction with a look at the subscription, and ends in one with it,
 * so that there is none of an endpoint that the subscription no longer leads to: an update alone would bring it back.
 */
export class DynamoHealth implements HealthStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async load(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, Health>> {
    const items = await healthItems(this.#client, this.#table, tenant, ids);
    const wanted = new Set(ids);
    const healths = items.map((item) => [healthIdOf(item), healthOf(item)] as const);
    return new Map(healths.filter(([id]) => wanted.has(id)));
  }

  async failed({ endpoint, event, now }: FailedAttempt): Promise<Health | null> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const counted = await this.#ifKnown(endpoint, {
        UpdateExpression: `SET failingSince = if_not_exists(failingSince, :now) ADD failures :one${
          event === null ? '' : ', failedEvents :event'
        }`,
        ExpressionAttributeValues: {
          ...toItem({ ':now': now, ':one': 1 }),
          ...(event === null ? {} : { ':event': { SS: [event] } }),
        },
        ReturnValues: 'ALL_NEW',
      });
      if (counted !== null) return healthOf(counted);
      const first = { ...HEALTHY, endpoint: endpointKey(endpoint), failures: 1, failingSince: now };
      const failed = await this.#begin(endpoint, {
        ...toItem({ failures: 1, failingSince: now }),
        ...(event === null ? {} : { failedEvents: { SS: [event] } }),
      });
      if (failed.length === 0) return { ...first, failedEvents: event === null ? [] : [event] };
      if (failed.includes(0)) return null;
    }
    throw new Error('the health is written by too many at once');
  }

  async open(endpoint: EndpointVersion, before: Health, after: Health): Promise<boolean> {
    const opened = await this.#ifKnown(endpoint, {
      UpdateExpression: 'SET openUntil = :until, openings = :openings REMOVE probeUntil',
      ConditionExpression:
        before.openings === 0 ? 'attribute_not_exists(openings)' : 'openings = :before AND failures > :none',
      ExpressionAttributeValues: toItem({
        ':until': after.openUntil,
        ':openings': after.openings,
        ...(before.openings === 0 ? {} : { ':before': before.openings, ':none': 0 }),
      }),
    });
    return opened !== null;
  }

  async claimProbe(endpoint: EndpointVersion, now: number, until: number): Promise<boolean> {
    const claimed = await this.#ifKnown(endpoint, {
      UpdateExpression: 'SET probeUntil = :until',
      ConditionExpression: 'openUntil <= :now AND (attribute_not_exists(probeUntil) OR probeUntil <= :now)',
      ExpressionAttributeValues: toItem({ ':until': until, ':now': now }),
    });
    return claimed !== null;
  }

  async recovered(endpoint: EndpointVersion, staysSlow: boolean): Promise<void> {
    const { tenant, id } = endpoint;
    if (staysSlow) {
      await this.#ifKnown(endpoint, {
        UpdateExpression: 'REMOVE failures, failingSince, failedEvents, openUntil, openings, probeUntil',
      });
      return;
    }
    const forget = new DeleteItemCommand({
      TableName: this.#table,
      Key: healthKey(tenant, id),
      ConditionExpression: '#of = :of',
      ExpressionAttributeNames: OF,
      ExpressionAttributeValues: toItem({ ':of': endpointKey(endpoint) }),
      ReturnValues: 'ALL_OLD',
    });
    const gone = await ifHolds(() => this.#client.send(forget));
    if (gone?.Attributes?.slowUntil === undefined) return;
    await transact(this.#client, [{ Update: unmarking(this.#table, tenant, id) }]);
  }

  async slow(endpoints: readonly EndpointVersion[], until: number, now: number): Promise<void> {
    for (const some of chunksOf(endpoints, MARKED_AT_ONCE)) await this.#slow(some, until, now);
  }

  /** Marks all that are not marked yet with one transaction; again without those that are outdated, if some are. */
  async #slow(endpoints: readonly EndpointVersion[], until: number, now: number): Promise<void> {
    let left = endpoints;
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const version = await this.#version(left[0]?.tenant ?? '');
      const marks = slowMarksOf(version);
      left = left.filter(({ id }) => !markedLately(marks, id, until));
      const [first] = left;
      if (first === undefined) return;
      const ids = left.map(({ id }) => id);
      const mark = marking(this.#table, { tenant: first.tenant, ids, until, now }, version);
      const rows = left.flatMap((endpoint) => [
        ifLeadsTo(this.#table, endpoint),
        this.#slowRow(endpoint, until),
      ]);
      const failed = new Set(await transact(this.#client, mark === null ? rows : [...rows, mark]));
      if (failed.size === 0) return;
      left = left.filter((_, i) => !failed.has(2 * i));
    }
    throw new Error('slow endpoints are marked by too many at once');
  }

  async #version(tenant: string): Promise<Item | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: versionKey(tenant), ConsistentRead: true }),
    );
    return Item;
  }

  #slowRow(endpoint: EndpointVersion, until: number): TransactWriteItem {
    return {
      Update: {
        TableName: this.#table,
        Key: healthKey(endpoint.tenant, endpoint.id),
        UpdateExpression: 'SET #of = :of, slowUntil = :until',
        ExpressionAttributeNames: OF,
        ExpressionAttributeValues: toItem({ ':of': endpointKey(endpoint), ':until': until }),
      },
    };
  }

  /** Makes the row. Answers what stood in the way: 0, the subscription leads elsewhere or is gone; 1, there is a row. */
  #begin(endpoint: EndpointVersion, first: Item): Promise<readonly number[]> {
    const { tenant, id } = endpoint;
    const Item = { ...healthKey(tenant, id), ...toItem({ endpoint: endpointKey(endpoint) }), ...first };
    return transact(this.#client, [
      ifLeadsTo(this.#table, endpoint),
      {
        Put: {
          TableName: this.#table,
          Item,
          ConditionExpression: 'attribute_not_exists(#of) OR #of <> :of',
          ExpressionAttributeNames: OF,
          ExpressionAttributeValues: toItem({ ':of': endpointKey(endpoint) }),
        },
      },
    ]);
  }

  /** Updates the row of this endpoint, and answers what `ReturnValues` asks for. Null if there is none, or the condition does not hold. */
  async #ifKnown(
    endpoint: EndpointVersion,
    {
      ConditionExpression,
      ExpressionAttributeValues,
      ...input
    }: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>,
  ): Promise<Item | null> {
    const more = ConditionExpression === undefined ? '' : ` AND ${ConditionExpression}`;
    const update = new UpdateItemCommand({
      TableName: this.#table,
      Key: healthKey(endpoint.tenant, endpoint.id),
      ConditionExpression: `#of = :of${more}`,
      ExpressionAttributeNames: OF,
      ExpressionAttributeValues: {
        ...toItem({ ':of': endpointKey(endpoint) }),
        ...ExpressionAttributeValues,
      },
      ...input,
    });
    const answer = await ifHolds(() => this.#client.send(update));
    return answer === null ? null : (answer.Attributes ?? {});
  }
}
