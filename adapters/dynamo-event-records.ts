import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { KEYS } from '../contract/tables.ts';
import type { Clock } from '../core/clock.ts';
import type { EventRecord } from '../core/event.ts';
import type { EventRecords, OwnOutcome } from '../core/fan-out/ports.ts';
import { fromListedItem, recordKey, toEventItem } from './aws/event-item.ts';

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

  async own(record: EventRecord): Promise<OwnOutcome> {
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#table,
          Item: await toEventItem(record),
          // An expired record may still lie there: its id may be used anew.
          ConditionExpression: 'attribute_not_exists(#pk) OR #ttl <= :now',
          ExpressionAttributeNames: { '#pk': KEYS.partition, '#ttl': KEYS.expiresAt },
          ExpressionAttributeValues: { ':now': { N: String(Math.floor(this.#clock.now() / 1000)) } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { kind: 'new' };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
      if (error.Item.requestId?.S !== record.requestId) return { kind: 'foreign' };
      const { shards, matched } = fromListedItem(error.Item);
      return { kind: 'resumed', shards, matched };
    }
  }

  async recount(event: Pick<EventRecord, 'tenant' | 'id' | 'requestId'>, matched: number): Promise<void> {
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: recordKey(event.tenant, event.id),
        UpdateExpression: 'SET matched = :matched',
        ConditionExpression: 'requestId = :owner',
        ExpressionAttributeValues: { ':matched': { N: String(matched) }, ':owner': { S: event.requestId } },
      }),
    );
  }
}
