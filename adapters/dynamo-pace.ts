import {
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { PaceStore } from '../core/dispatch/ports.ts';
import type { SubscriptionLife } from '../core/subscription.ts';
import { ifHolds } from './aws/if-holds.ts';
import { type Item, toItem } from './aws/item.ts';
import { ifThere } from './aws/still-there.ts';
import { paceKey } from './aws/subscription-item.ts';
import { transact } from './aws/transact.ts';

/** Tries to reserve against others who reserve at the same time. */
const MAX_TRIES = 8;

/**
 * Pace of subscriptions in the subscriptions table: an item each, only with a rate limit. It names the life of the
 * subscription that it is for, and is made only while that one is there: an update would bring it back after the end.
 */
export class DynamoPace implements PaceStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async reserve(
    subscription: SubscriptionLife,
    count: number,
    intervalMs: number,
    now: number,
  ): Promise<number> {
    const length = Math.ceil(count * intervalMs);
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const due =
        (await this.#extend(subscription, length, now)) ??
        (await this.#restart(subscription, length, now)) ??
        (await this.#begin(subscription, length, now));
      if (due !== null) return due;
    }
    throw new Error('the pace is written by too many at once');
  }

  /** Moves a pace that is ahead of the clock. Answers where it stood; null if it is not ahead, or there is none. */
  async #extend(subscription: SubscriptionLife, length: number, now: number): Promise<number | null> {
    const attributes = await this.#update(subscription, {
      UpdateExpression: 'SET due = due + :length',
      ConditionExpression: 'life = :life AND due >= :now',
      ExpressionAttributeValues: toItem({
        ':length': length,
        ':now': now,
        ':life': subscription.createdAt,
      }),
      ReturnValues: 'UPDATED_NEW',
    });
    return attributes === null ? null : Number(attributes.due?.N ?? 0) - length;
  }

  /** Begins anew from the clock; null if somebody else did, or there is no pace. */
  async #restart(subscription: SubscriptionLife, length: number, now: number): Promise<number | null> {
    const attributes = await this.#update(subscription, {
      UpdateExpression: 'SET due = :due',
      ConditionExpression: 'life = :life AND due < :now',
      ExpressionAttributeValues: toItem({
        ':due': now + length,
        ':now': now,
        ':life': subscription.createdAt,
      }),
    });
    return attributes === null ? null : now;
  }

  /** The first pace of a subscription; `now` without one if it is gone, null if somebody else was first. */
  async #begin(subscription: SubscriptionLife, length: number, now: number): Promise<number | null> {
    const { tenant, id, createdAt } = subscription;
    const Item = { ...paceKey(tenant, id), ...toItem({ due: now + length, life: createdAt }) };
    const failed = await transact(this.#client, [
      ifThere(this.#table, subscription),
      {
        Put: {
          TableName: this.#table,
          Item,
          ConditionExpression: 'attribute_not_exists(life) OR life <> :life',
          ExpressionAttributeValues: toItem({ ':life': createdAt }),
        },
      },
    ]);
    return failed.length === 0 || failed.includes(0) ? now : null;
  }

  /** Null if the condition does not hold. */
  async #update(
    { tenant, id }: SubscriptionLife,
    input: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>,
  ): Promise<Item | null> {
    const update = { TableName: this.#table, Key: paceKey(tenant, id), ...input };
    const answer = await ifHolds(() => this.#client.send(new UpdateItemCommand(update)));
    return answer === null ? null : (answer.Attributes ?? {});
  }
}
