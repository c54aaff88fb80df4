import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { KEYS } from '../../contract/tables.ts';
import { RECEIVER_PATH, type Secrets } from './receiver.ts';

/** Subscriptions whose secrets are looked up at most: trying each takes time. */
const MOST = 100;

/**
 * The secrets of the subscriptions, of whatever tenant, that point at the demo receiver. Which they are is read from
 * the table, because no list of the API spans tenants; the secrets themselves come from the API, as for anybody.
 */
export function receiverSecrets(url: string, apiKey: string, dynamo: DynamoDBClient, table: string): Secrets {
  return async () => {
    const pages = paginateScan(
      { client: dynamo },
      {
        TableName: table,
        FilterExpression: 'begins_with(#sort, :subscription) AND contains(#url, :receiver)',
        ProjectionExpression: '#partition, #sort',
        ExpressionAttributeNames: { '#partition': KEYS.partition, '#sort': KEYS.sort, '#url': 'url' },
        ExpressionAttributeValues: { ':subscription': { S: 'SUB#' }, ':receiver': { S: RECEIVER_PATH } },
      },
    );
    const found: { readonly tenant: string; readonly id: string }[] = [];
    for await (const { Items } of pages) {
      for (const item of Items ?? []) {
        const tenant = item[KEYS.partition]?.S?.replace(/^T#/, '') ?? '';
        found.push({ tenant, id: item[KEYS.sort]?.S?.replace(/^SUB#/, '') ?? '' });
      }
    }
    const secrets = await Promise.all(
      found.slice(0, MOST).map(async ({ tenant, id }) => {
        const address = `${url}/v1/subscriptions/${encodeURIComponent(id)}/secret?tenant=${encodeURIComponent(tenant)}`;
        const answer = await fetch(address, { headers: { authorization: `Bearer ${apiKey}` } });
        const body = (await answer.json()) as { readonly secret?: string };
        return answer.ok && body.secret !== undefined ? [body.secret] : [];
      }),
    );
    return secrets.flat();
  };
}
