import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { KEYS } from '../../contract/tables.ts';
import { HEALTHY, type Health } from '../../core/dispatch/health.ts';
import { batchGet } from './batch-get.ts';
import { fromItem, type Item } from './item.ts';
import { HEALTH, healthKey, tenantPartition } from './subscription-item.ts';

/** From so many ids on it pays to look at all between the first and the last of them. */
const MANY = 5;
/** Items looked at in one go; each page of 4 KB is billed. */
const PAGE = 50;

/**
 * The health items of some of a tenant's subscriptions, others among them. Reads what there is between the first and
 * the last of the ids: mostly nothing, at the price of one item, where asking for each of a hundred would be billed a
 * hundred times. If there is more than a page, they are asked for.
 */
export async function healthItems(
  client: DynamoDBClient,
  table: string,
  tenant: string,
  ids: readonly string[],
): Promise<readonly Item[]> {
  const near = ids.length < MANY ? null : await between(client, table, tenant, ids);
  if (near !== null) return near;
  // What is trusted for seconds need not be right to the second, and half the price counts.
  const keys = ids.map((id) => healthKey(tenant, id));
  return batchGet(client, table, keys, { consistent: false });
}

/** The items whose ids are not below the first and not above the last; null if they are more than a page. */
async function between(
  client: DynamoDBClient,
  table: string,
  tenant: string,
  ids: readonly string[],
): Promise<readonly Item[] | null> {
  const sorted = [...ids].sort();
  const [first, last] = [sorted[0] ?? '', sorted.at(-1) ?? ''];
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: table,
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

/** Reads an item. */
export function healthOf(item: Item): Health {
  const stored = fromItem<Partial<Omit<Health, 'failedEvents'>> & { failedEvents?: Set<string> }>(item);
  return {
    endpoint: stored.endpoint ?? null,
    failures: stored.failures ?? HEALTHY.failures,
    failingSince: stored.failingSince ?? null,
    failedEvents: [...(stored.failedEvents ?? [])],
    openUntil: stored.openUntil ?? null,
    openings: stored.openings ?? 0,
    probeUntil: stored.probeUntil ?? null,
    slowUntil: stored.slowUntil ?? null,
  };
}

/** Whose health an item is. */
export function healthIdOf(item: Item): string {
  return (item[KEYS.sort]?.S ?? '').slice(HEALTH.length);
}
