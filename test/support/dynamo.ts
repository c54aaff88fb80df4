import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import {
  type AttributeDefinition,
  CreateTableCommand,
  DynamoDBClient,
  type KeySchemaElement,
  ListTablesCommand,
  type ProjectionType,
} from '@aws-sdk/client-dynamodb';
import { INDEXES, KEYS } from '../../contract/tables.ts';

/** A DynamoDB stand-in with the three tables, in memory, for adapter tests. Close it when done. */
export interface DynamoStandIn {
  readonly client: DynamoDBClient;
  readonly endpoint: string;
  readonly tables: { readonly subscriptions: string; readonly events: string; readonly deliveries: string };
  close(): Promise<void>;
}

/** Starts the stand-in on a free loopback port and creates the tables. */
export async function startDynamo(): Promise<DynamoStandIn> {
  const port = await freePort();
  const binary = fileURLToPath(import.meta.resolve('@dynoxide/linux-x64/package.json')).replace(
    /package\.json$/,
    'dynoxide',
  );
  const child = spawn(binary, ['--host', '127.0.0.1', '--port', String(port)], { stdio: 'ignore' });
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  await answering(client, child);
  const tables = { subscriptions: 'subscriptions', events: 'events', deliveries: 'deliveries' };
  await createTables(client, tables);
  return {
    client,
    endpoint,
    tables,
    close: async () => {
      client.destroy();
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await gone;
    },
  };
}

async function createTables(client: DynamoDBClient, tables: DynamoStandIn['tables']): Promise<void> {
  const local = INDEXES.subscriptionsByCreation;
  await client.send(
    new CreateTableCommand({
      ...base(tables.subscriptions, [local.sort]),
      LocalSecondaryIndexes: [
        { IndexName: local.name, KeySchema: keys(local.partition, local.sort), Projection: all },
      ],
    }),
  );
  for (const [table, index] of [
    [tables.events, INDEXES.eventsByTime],
    [tables.deliveries, INDEXES.deliveriesBySubscription],
  ] as const) {
    await client.send(
      new CreateTableCommand({
        ...base(table, [index.partition, index.sort]),
        GlobalSecondaryIndexes: [
          {
            IndexName: index.name,
            KeySchema: keys(index.partition, index.sort),
            Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...index.attributes] },
          },
        ],
      }),
    );
  }
}

const all = { ProjectionType: 'ALL' as ProjectionType };

function base(table: string, attributes: readonly string[]) {
  const names = [KEYS.partition, KEYS.sort, ...attributes];
  return {
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST' as const,
    KeySchema: keys(KEYS.partition, KEYS.sort),
    AttributeDefinitions: names.map(
      (name): AttributeDefinition => ({ AttributeName: name, AttributeType: 'S' }),
    ),
  };
}

function keys(partition: string, sort: string): KeySchemaElement[] {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ];
}

async function answering(client: DynamoDBClient, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the DynamoDB stand-in ended with ${child.exitCode}`);
    try {
      await client.send(new ListTablesCommand({}));
      return;
    } catch {
      // Not listening yet: the loop ends when it answers or exits.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** A loopback port nobody uses right now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  await new Promise((resolve) => server.close(resolve));
  return address.port;
}
