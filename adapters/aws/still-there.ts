import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { EndpointVersion, SubscriptionLife } from '../../core/subscription.ts';
import { toItem } from './item.ts';
import { subscriptionKey } from './subscription-item.ts';

/** A condition on the row of a subscription. */
type RowCondition = Required<
  Pick<NonNullable<TransactWriteItem['ConditionCheck']>, 'ConditionExpression' | 'ExpressionAttributeValues'>
>;

/** Holds as long as a subscription leads to this endpoint. Rows written before endpoints were told apart name none. */
export function leadsTo({ createdAt, endpointRevision }: EndpointVersion): RowCondition {
  const unnamed = endpointRevision === 1 ? ' OR attribute_not_exists(endpointRevision)' : '';
  return {
    ConditionExpression: `createdAt = :created AND (endpointRevision = :endpoint${unnamed})`,
    ExpressionAttributeValues: toItem({ ':created': createdAt, ':endpoint': endpointRevision }),
  };
}

/** The part of a transaction that lets it through only while a subscription leads to this endpoint. */
export function ifLeadsTo(table: string, endpoint: EndpointVersion): TransactWriteItem {
  return check(table, endpoint, leadsTo(endpoint));
}

/** The part of a transaction that lets it through only while a subscription is there, and not another under its id. */
export function ifThere(table: string, subscription: SubscriptionLife): TransactWriteItem {
  return check(table, subscription, {
    ConditionExpression: 'createdAt = :created',
    ExpressionAttributeValues: toItem({ ':created': subscription.createdAt }),
  });
}

function check(
  TableName: string,
  { tenant, id }: SubscriptionLife,
  condition: RowCondition,
): TransactWriteItem {
  return { ConditionCheck: { TableName, Key: subscriptionKey(tenant, id), ...condition } };
}
