import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { KEYS } from '../contract/tables.ts';
import { HEALTHY, type Health } from '../core/dispatch/health.ts';
import type { FailedAttempt, HealthStore, PaceStore } from '../core/dispatch/ports.ts';
import { batchGet } from './aws/batch-get.ts';
import { fromItem, type Item, toItem } from './aws/item.ts';
import { tenantPartition } from './aws/subscription-item.ts';

/** Tries to reserve against others who reserve at the same time. */
const MAX_TRIES = 8;
/** From so many ids on it pays to look at all between the first and the last of them. */
const MANY = 5;
/** Items looked at in one go; each page of 4 KB is billed. */
const PAGE = 50;
const HEALTH = 'HEALTH#';

/** Health and pace of subscriptions in the subscriptions table: an item each, only where there is something to know. */
export class DynamoHealth implements HealthStore, PaceStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /**
   * Reads what there is between the first and the last of the ids: mostly nothing, at the price of one item, where
   * asking for each of a hundred would be billed a hundred times. If there is more than a page, they are asked for.
   */
  async load(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, Health>> {
    const near = ids.length < MANY ? null : await this.#between(tenant, ids);
    // What is trusted for seconds need not be right to the second, and half the price counts.
    const keys = ids.map((id) => healthKey(tenant, id));
    const items = near ?? (await batchGet(this.#client, this.#table, keys, { consistent: false }));
    const wanted = new Set(ids);
    const healths = items.map((item) => [healthIdOf(item), healthOf(item)] as const);
    return new Map(healths.filter(([id]) => wanted.has(id)));
  }

  /** The items whose ids are not below the first and not above the last; null if they are more than a page. */
  async #between(tenant: string, ids: readonly string[]): Promise<readonly Item[] | null> {
    const sorted = [...ids].sort();
    const [first, last] = [sorted[0] ?? '', sorted.at(-1) ?? ''];
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: `${KEYS.partition} = :tenant AND ${KEYS.sort} BETWEEN :first AND :last`,
        ExpressionAttributeValues: {
          ':tenant': { S: tenantPartition(tenant) },
          ':first': { S: `${HEALTH}${first}` },
          ':last': { S: `${HEALTH}${last}` },
        },
        Limit: PAGE,
      }),
    );
    return LastEvaluatedKey === undefined ? Items : null;
  }

  async failed({ tenant, id, event, now, slowUntil }: FailedAttempt): Promise<Health> {
    const { Attributes } = await this.#client.send(
      new UpdateItemCommand({
        ...this.#at(healthKey(tenant, id)),
        UpdateExpression: `SET failingSince = if_not_exists(failingSince, :now)${
          slowUntil === null ? '' : ', slowUntil = :slow'
        } ADD failures :one${event === null ? '' : ', failedEvents :event'}`,
        ExpressionAttributeValues: {
          ...toItem({ ':now': now, ':one': 1, ':slow': slowUntil ?? undefined }),
          ...(event === null ? {} : { ':event': { SS: [event] } }),
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return healthOf(Attributes ?? {});
  }

  open(tenant: string, id: string, before: Health, after: Health): Promise<boolean> {
    return this.#ifStill({
      ...this.#at(healthKey(tenant, id)),
      UpdateExpression: 'SET openUntil = :until, openings = :openings REMOVE probeUntil',
      ConditionExpression:
        before.openings === 0 ? 'attribute_not_exists(openings)' : 'openings = :before AND failures > :none',
      ExpressionAttributeValues: toItem({
        ':until': after.openUntil,
        ':openings': after.openings,
        ...(before.openings === 0 ? {} : { ':before': before.openings, ':none': 0 }),
      }),
    });
  }

  claimProbe(tenant: string, id: string, now: number, until: number): Promise<boolean> {
    return this.#ifStill({
      ...this.#at(healthKey(tenant, id)),
      UpdateExpression: 'SET probeUntil = :until',
      ConditionExpression: 'openUntil <= :now AND (attribute_not_exists(probeUntil) OR probeUntil <= :now)',
      ExpressionAttributeValues: toItem({ ':until': until, ':now': now }),
    });
  }

  async recovered(tenant: string, id: string, slowUntil: number | null): Promise<void> {
    const Key = healthKey(tenant, id);
    if (slowUntil === null) {
      await this.#client.send(new DeleteItemCommand({ TableName: this.#table, Key }));
      return;
    }
    const Item = { ...Key, ...toItem({ slowUntil }) };
    await this.#client.send(new PutItemCommand({ TableName: this.#table, Item }));
  }

  async reserve(tenant: string, id: string, count: number, intervalMs: number, now: number): Promise<number> {
    const length = Math.ceil(count * intervalMs);
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const due =
        (await this.#extend(tenant, id, length, now)) ?? (await this.#begin(tenant, id, length, now));
      if (due !== null) return due;
    }
    throw new Error('the pace is written by too many at once');
  }

  /** Moves a pace that is ahead of the clock. Answers where it stood; null if it is not ahead. */
  async #extend(tenant: string, id: string, length: number, now: number): Promise<number | null> {
    const attributes = await this.#update({
      ...this.#at(paceKey(tenant, id)),
      UpdateExpression: 'SET due = due + :length',
      ConditionExpression: 'due >= :now',
      ExpressionAttributeValues: toItem({ ':length': length, ':now': now }),
      ReturnValues: 'UPDATED_NEW',
    });
    return attributes === null ? null : Number(attributes.due?.N ?? 0) - length;
  }

  /** Begins anew from the clock; null if somebody else did. */
  async #begin(tenant: string, id: string, length: number, now: number): Promise<number | null> {
    const attributes = await this.#update({
      ...this.#at(paceKey(tenant, id)),
      UpdateExpression: 'SET due = :due',
      ConditionExpression: 'attribute_not_exists(due) OR due < :now',
      ExpressionAttributeValues: toItem({ ':due': now + length, ':now': now }),
    });
    return attributes === null ? null : now;
  }

  async #ifStill(input: UpdateItemCommandInput): Promise<boolean> {
    return (await this.#update(input)) !== null;
  }

  /** Null if the condition does not hold. */
  async #update(input: UpdateItemCommandInput): Promise<Record<string, AttributeValue> | null> {
    try {
      return (await this.#client.send(new UpdateItemCommand(input))).Attributes ?? {};
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return null;
      throw error;
    }
  }

  #at(Key: Item): { TableName: string; Key: Item } {
    return { TableName: this.#table, Key };
  }
}

function healthOf(item: Item): Health {
  const stored = fromItem<Partial<Omit<Health, 'failedEvents'>> & { failedEvents?: Set<string> }>(item);
  return {
    failures: stored.failures ?? HEALTHY.failures,
    failingSince: stored.failingSince ?? null,
    failedEvents: [...(stored.failedEvents ?? [])],
    openUntil: stored.openUntil ?? null,
    openings: stored.openings ?? 0,
    probeUntil: stored.probeUntil ?? null,
    slowUntil: stored.slowUntil ?? null,
  };
}

function healthKey(tenant: string, id: string): Item {
  return { [KEYS.partition]: { S: tenantPartition(tenant) }, [KEYS.sort]: { S: `${HEALTH}${id}` } };
}

function healthIdOf(item: Item): string {
  return (item[KEYS.sort]?.S ?? '').slice(HEALTH.length);
}

function paceKey(tenant: string, id: string): Item {
  return { [KEYS.partition]: { S: tenantPartition(tenant) }, [KEYS.sort]: { S: `PACE#${id}` } };
}
