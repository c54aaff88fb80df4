import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { RETENTION } from '../contract/limits.ts';
import { KEYS } from '../contract/tables.ts';
import type { Clock } from '../core/clock.ts';
import type { EventRecord } from '../core/event.ts';
import type { EventRecords, OwnOutcome } from '../core/fan-out/ports.ts';
import { timeOfEventId } from '../core/id.ts';
import { type EventAddress, fromListedItem, ownerOf, recordKey, toEventItems } from './aws/event-item.ts';
import { expiry, type Item, toItem } from './aws/item.ts';

/** Event records in the events table, as fan-out writes them. */
export class DynamoEventRecords implements EventRecords {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #clock: Clock;

  constructor(client: DynamoDBClient, table: string, clock: Clock) {
    this.#client = client;
    this.#table = table;
    this.#clock = clock;
  }

  async own(event: EventRecord): Promise<OwnOutcome> {
    if (!(await this.#ownsItsId(event))) return { kind: 'foreign' };
    const { record, data } = await toEventItems(event);
    // First, so that a record is never without its data.
    if (data) await this.#client.send(new PutItemCommand({ TableName: this.#table, Item: data }));
    const before = await this.#putFirst(record);
    if (before === null) return { kind: 'new' };
    if (ownerOf(before) !== event.requestId) return { kind: 'foreign' };
    const { shards, matched } = fromListedItem(before);
    return { kind: 'resumed', shards, matched };
  }

  async recount(event: EventAddress & { readonly requestId: string }, matched: number): Promise<void> {
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: recordKey(event),
        UpdateExpression: 'SET matched = :matched',
        ConditionExpression: 'requestId = :owner',
        ExpressionAttributeValues: { ':matched': { N: String(matched) }, ':owner': { S: event.requestId } },
      }),
    );
  }

  /**
   * A producer may send an id of our own form, copied from an answer. The record that such an id may have already lies
   * at the time the id tells; if it has none, a signpost is put there, so that both can't come to be.
   */
  async #ownsItsId({ tenant, id, acceptedAt, requestId }: EventRecord): Promise<boolean> {
    const told = timeOfEventId(id);
    if (told === null || told === acceptedAt) return true;
    const ttl = expiry(acceptedAt, RETENTION.recordSeconds);
    const signpost = { requestId, leadsTo: acceptedAt, [KEYS.expiresAt]: ttl };
    const key = recordKey({ tenant, id, acceptedAt: told });
    const before = await this.#putFirst({ ...key, ...toItem(signpost) });
    return before === null || ownerOf(before) === requestId;
  }

  /** Puts an item where none is; otherwise answers the one that is there. */
  async #putFirst(item: Item): Promise<Item | null> {
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#table,
          Item: item,
          // An expired one may still lie there: its id may be used anew.
          ConditionExpression: 'attribute_not_exists(#pk) OR #ttl <= :now',
          ExpressionAttributeNames: { '#pk': KEYS.partition, '#ttl': KEYS.expiresAt },
          ExpressionAttributeValues: { ':now': { N: String(Math.floor(this.#clock.now() / 1000)) } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return null;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException && error.Item) return error.Item;
      throw error;
    }
  }
}
