import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { RETENTION } from '../contract/limits.ts';
import { KEYS } from '../contract/tables.ts';
import type { Clock } from '../core/clock.ts';
import { timeOfEventId } from '../core/id.ts';
import type { ClaimOutcome, EventClaim, EventClaims } from '../core/ingest/ports.ts';
import { claimKey, type EventAddress, recordKey } from './aws/event-item.ts';
import { expiry, fromItem, isExpired, toItem } from './aws/item.ts';

/** Claims of event ids in the events table. */
export class DynamoEventClaims implements EventClaims {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #clock: Clock;

  constructor(client: DynamoDBClient, table: string, clock: Clock) {
    this.#client = client;
    this.#table = table;
    this.#clock = clock;
  }

  async claim(claim: EventClaim): Promise<ClaimOutcome> {
    const ttl = expiry(claim.acceptedAt, RETENTION.recordSeconds);
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#table,
          Item: { ...claimKey(claim.tenant, claim.id), ...toItem({ ...claim, [KEYS.expiresAt]: ttl }) },
          // An expired claim may still lie there: it no longer counts.
          ConditionExpression: 'attribute_not_exists(#pk) OR #ttl <= :now',
          ExpressionAttributeNames: { '#pk': KEYS.partition, '#ttl': KEYS.expiresAt },
          ExpressionAttributeValues: { ':now': { N: String(Math.floor(this.#clock.now() / 1000)) } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { kind: 'claimed', acceptedAt: claim.acceptedAt };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
      const { tenant, id, bodyHash, acceptedAt, requestId, source = null } = fromItem<EventClaim>(error.Item);
      // The put was carried out and its answer lost, or its worker died.
      if (requestId === claim.requestId) return { kind: 'claimed', acceptedAt };
      const recorded = await this.#isRecorded({ tenant, id, acceptedAt: timeOfEventId(id) ?? acceptedAt });
      return { kind: 'taken', by: { tenant, id, bodyHash, acceptedAt, requestId, source }, recorded };
    }
  }

  /** Not consistent: a record seen too late costs one message, which fan-out drops. */
  async #isRecorded(event: EventAddress): Promise<boolean> {
    const { Item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#table,
        Key: recordKey(event),
        ProjectionExpression: '#pk, #ttl',
        ExpressionAttributeNames: { '#pk': KEYS.partition, '#ttl': KEYS.expiresAt },
      }),
    );
    return Item !== undefined && !isExpired(Item, this.#clock.now());
  }
}
