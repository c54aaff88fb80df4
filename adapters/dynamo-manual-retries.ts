import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { KEYS } from '../contract/tables.ts';
import type { ManualRetries, RetryWindow } from '../core/manage/manual-retries.ts';
import { toItem } from './aws/item.ts';

/** Counts of retries by hand in the deliveries table: one item for each delivery and window, gone when that is over. */
export class DynamoManualRetries implements ManualRetries {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async take({ tenant, delivery, since, until }: RetryWindow, most: number): Promise<boolean> {
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: toItem({
            [KEYS.partition]: `RETRY#${tenant}#${delivery}`,
            [KEYS.sort]: String(since).padStart(13, '0'),
          }),
          UpdateExpression: 'SET #ttl = :ttl ADD retries :one',
          ConditionExpression: 'attribute_not_exists(retries) OR retries < :most',
          ExpressionAttributeNames: { '#ttl': KEYS.expiresAt },
          ExpressionAttributeValues: toItem({ ':ttl': Math.ceil(until / 1000), ':one': 1, ':most': most }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
