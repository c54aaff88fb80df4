import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { SubscriptionSwitch } from '../core/dispatch/ports.ts';
import type { EndpointVersion } from '../core/subscription.ts';
import { fromItem, toItem } from './aws/item.ts';
import { leadsTo } from './aws/still-there.ts';
import { versionMoves } from './aws/subscription-counts.ts';
import { subscriptionKey } from './aws/subscription-item.ts';
import { transact } from './aws/transact.ts';

/** Switches subscriptions in the subscriptions table off; see `docs/tables.md`. */
export class DynamoSubscriptionSwitch implements SubscriptionSwitch {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async disable(endpoint: EndpointVersion, reason: string, now: number): Promise<boolean> {
    const { tenant, id } = endpoint;
    const still = leadsTo(endpoint);
    const failed = await transact(this.#client, [
      {
        Update: {
          TableName: this.#table,
          Key: subscriptionKey(tenant, id),
          UpdateExpression:
            'SET #status = :disabled, statusReason = :reason, updatedAt = :now ADD revision :one',
          ConditionExpression: `#status = :active AND ${still.ConditionExpression}`,
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: {
            ...still.ExpressionAttributeValues,
            ...toItem({
              ':disabled': 'disabled',
              ':active': 'active',
              ':reason': reason,
              ':now': now,
              ':one': 1,
            }),
          },
        },
      },
      versionMoves(this.#table, tenant, id),
    ]);
    return failed.length === 0;
  }

  async isStill(endpoint: EndpointVersion): Promise<boolean> {
    const { Item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#table,
        Key: subscriptionKey(endpoint.tenant, endpoint.id),
        ProjectionExpression: 'createdAt, endpointRevision',
        ConsistentRead: true,
      }),
    );
    if (Item === undefined) return false;
    const { createdAt, endpointRevision = 1 } = fromItem<Partial<EndpointVersion>>(Item);
    return createdAt === endpoint.createdAt && endpointRevision === endpoint.endpointRevision;
  }
}
