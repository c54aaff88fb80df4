import {
  type AttributeDefinition,
  CreateTableCommand,
  DynamoDBClient,
  type KeySchemaElement,
  type ProjectionType,
} from '@aws-sdk/client-dynamodb';
import { INDEXES, KEYS } from '../../contract/tables.ts';
import { startDynamo as startDynoxide } from '../../local/dynamo/dynoxide.ts';

/** A DynamoDB stand-in with the three tables, in memory, for adapter tests. Close it when done. */
export interface DynamoStandIn {
  readonly client: DynamoDBClient;
  readonly endpoint: string;
  readonly tables: { readonly subscriptions: string; readonly events: string; readonly deliveries: string };
  close(): Promise<void>;
}

/** Starts the stand-in on a free loopback port and creates the tables. */
export async function startDynamo(): Promise<DynamoStandIn> {
  const server = await startDynoxide(null);
  const client = new DynamoDBClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const tables = { subscriptions: 'subscriptions', events: 'events', deliveries: 'deliveries' };
  await createTables(client, tables);
  return {
    client,
    endpoint: server.url,
    tables,
    close: async () => {
      client.destroy();
      await server.close();
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
  await client.send(new CreateTableCommand(base(tables.events, [])));
  const index = INDEXES.deliveriesBySubscription;
  await client.send(
    new CreateTableCommand({
      ...base(tables.deliveries, [index.partition, index.sort]),
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
