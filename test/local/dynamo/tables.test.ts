import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  DescribeTableCommand,
  type DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { newCredentials } from '../../../local/credentials.ts';
import { startDynamo } from '../../../local/dynamo/dynoxide.ts';
import { removeExpired } from '../../../local/dynamo/expiry.ts';
import { createTables, dynamoClient } from '../../../local/dynamo/tables.ts';
import { hiddenPlace, LOOPBACK, listen } from '../../../local/loopback.ts';
import type { Template } from '../../../local/template/assembly.ts';
import { createResolve } from '../../../local/template/intrinsics.ts';
import { localNames, pseudoParameters } from '../../../local/template/names.ts';

const keys = (...names: readonly string[]) =>
  names.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' }));

function templateOf(more: object = {}): Template {
  const Properties = {
    KeySchema: keys('pk', 'sk'),
    AttributeDefinitions: ['pk', 'sk', 'owner', 'at'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    BillingMode: 'PAY_PER_REQUEST',
    GlobalSecondaryIndexes: [
      { IndexName: 'by-owner', KeySchema: keys('owner', 'at'), Projection: { ProjectionType: 'ALL' } },
    ],
    LocalSecondaryIndexes: [
      { IndexName: 'by-at', KeySchema: keys('pk', 'at'), Projection: { ProjectionType: 'KEYS_ONLY' } },
    ],
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    Replicas: [{ Region: { Ref: 'AWS::Region' }, SSE: { Ref: 'NotHere' } }],
    ...more,
  };
  return { Resources: { Items: { Type: 'AWS::DynamoDB::GlobalTable', Properties } } };
}

async function withTables(
  work: (client: DynamoDBClient, tables: Awaited<ReturnType<typeof createTables>>) => Promise<void>,
  file: string | null = null,
  template = templateOf(),
): Promise<void> {
  const server = await startDynamo(file);
  const client = dynamoClient(server.url, newCredentials());
  const names = localNames({ api: 'http://127.0.0.1', queueUrl: (name) => name });
  try {
    await work(
      client,
      await createTables(template, createResolve(template, pseudoParameters('S'), names), client),
    );
  } finally {
    client.destroy();
    await server.close();
  }
}

function put(client: DynamoDBClient, id: string, more: object = {}) {
  return client.send(
    new PutItemCommand({ TableName: 'Items', Item: { pk: { S: id }, sk: { S: id }, ...more } }),
  );
}

async function ids(client: DynamoDBClient): Promise<readonly (string | undefined)[]> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: 'Items' }));
  return Items.map((item) => item.pk?.S).sort();
}

test('a table has the keys and indexes of the template', () =>
  withTables(async (client, tables) => {
    assert.deepEqual(tables, [{ name: 'Items', expiry: 'ttl' }]);
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'Items' }));
    assert.deepEqual(Table?.KeySchema, keys('pk', 'sk'));
    assert.deepEqual(Table?.GlobalSecondaryIndexes?.[0]?.KeySchema, keys('owner', 'at'));
    assert.equal(Table?.LocalSecondaryIndexes?.[0]?.Projection?.ProjectionType, 'KEYS_ONLY');
  }));

test('items past their time are removed, others stay', () =>
  withTables(async (client, [table]) => {
    assert.ok(table);
    await put(client, 'old', { ttl: { N: '999' } });
    await put(client, 'young', { ttl: { N: '1001' } });
    await put(client, 'eternal');
    assert.equal(await removeExpired(client, table, 1_000), 1);
    assert.deepEqual(await ids(client), ['eternal', 'young']);
  }));

test('kept items are there at the next start, and changed keys are refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fanfare-tables-'));
  const file = join(folder, 'tables.db');
  try {
    await withTables(async (client) => void (await put(client, 'kept')), file);
    await withTables(async (client) => assert.deepEqual(await ids(client), ['kept']), file);
    const other = templateOf({ GlobalSecondaryIndexes: undefined });
    await assert.rejects(
      withTables(async () => {}, file, other),
      /start with a new --data folder/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a port that another program takes in the meantime is not used, and its answers are not taken for ours', async () => {
  const other = createServer((_, response) => response.end('healthy'));
  const places = [{ host: LOOPBACK, port: await listen(other, 0) }];
  const server = await startDynamo(null, undefined, async () => places.shift() ?? hiddenPlace());
  const client = dynamoClient(server.url, newCredentials());
  try {
    assert.deepEqual(places, []);
    assert.deepEqual((await client.send(new ListTablesCommand({}))).TableNames, []);
  } finally {
    client.destroy();
    other.close();
    await server.close();
  }
});

test('another stand-in is used only if it is on this machine', async () => {
  assert.equal((await startDynamo(null, 'http://localhost:8000/')).url, 'http://localhost:8000');
  await assert.rejects(startDynamo(null, 'https://dynamodb.us-east-1.amazonaws.com'), /must be on loopback/);
});
