import {
  DeleteItemCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { Table } from './tables.ts';

/** Items looked at in one call. */
const PAGE = 500;

/**
 * Removes the items whose time has passed, which the stand-in does not do on its own. Answers how many. An item
 * that was written again since it was seen stays, as on AWS.
 */
export async function removeExpired(
  client: DynamoDBClient,
  table: Table,
  nowSeconds: number,
): Promise<number> {
  if (table.expiry === null) return 0;
  const { Table: described } = await client.send(new DescribeTableCommand({ TableName: table.name }));
  const keys = (described?.KeySchema ?? []).flatMap((key) => key.AttributeName ?? []);
  const expired = {
    ExpressionAttributeNames: { '#expiry': table.expiry },
    ExpressionAttributeValues: { ':now': { N: String(nowSeconds) } },
  };
  let removed = 0;
  let from: ScanCommand['input']['ExclusiveStartKey'];
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: table.name,
        FilterExpression: '#expiry < :now',
        ...expired,
        Limit: PAGE,
        ...(from ? { ExclusiveStartKey: from } : {}),
      }),
    );
    for (const item of page.Items ?? []) {
      const Key = Object.fromEntries(keys.flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
      if (await removeIfExpired(client, { TableName: table.name, Key, ...expired })) removed++;
    }
    from = page.LastEvaluatedKey;
  } while (from);
  return removed;
}

async function removeIfExpired(client: DynamoDBClient, item: DeleteItemCommand['input']): Promise<boolean> {
  try {
    await client.send(new DeleteItemCommand({ ...item, ConditionExpression: '#expiry < :now' }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}
