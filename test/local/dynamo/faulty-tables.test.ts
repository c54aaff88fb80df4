import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { newCredentials } from '../../../local/credentials.ts';
import { startDynamo } from '../../../local/dynamo/dynoxide.ts';
import { faultyTables } from '../../../local/dynamo/faulty-tables.ts';
import { Faults } from '../../../local/faults.ts';

test('a call to a table is throttled, or carried out and its answer lost, and only once', async () => {
  const [faults, credentials] = [new Faults(), newCredentials()];
  const server = await faultyTables(await startDynamo(null), faults, credentials);
  const client = new DynamoDBClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
  });
  const Item = { pk: { S: 'a' } };
  const put = () => client.send(new PutItemCommand({ TableName: 'Items', Item }));
  const write = () =>
    client.send(new BatchWriteItemCommand({ RequestItems: { Items: [{ PutRequest: { Item } }] } }));
  const read = async () => (await client.send(new GetItemCommand({ TableName: 'Items', Key: Item }))).Item;
  try {
    await client.send(
      new CreateTableCommand({
        TableName: 'Items',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      }),
    );
    faults.add({ kind: 'throttle', operation: 'PutItem', on: 'Items' });
    faults.add({ kind: 'throttle', operation: 'PutItem', on: 'Others' });
    await assert.rejects(put(), { name: 'ThrottlingException' });
    assert.equal(await read(), undefined);
    faults.add({ kind: 'lost-answer', operation: 'BatchWriteItem' });
    await assert.rejects(write(), { name: 'InternalServerError' });
    assert.deepEqual(await read(), Item);
    await put();
  } finally {
    client.destroy();
    await server.close();
  }
});
