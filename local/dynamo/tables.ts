import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { Credentials } from '../credentials.ts';
import { resourcesOf, type Template } from '../template/assembly.ts';
import type { Resolve } from '../template/intrinsics.ts';
import { type Json, list, object, optional, text } from '../template/json.ts';
import { PLACE } from '../template/names.ts';

/** A table of the template. */
export interface Table {
  readonly name: string;
  /** Attribute that holds the expiry in epoch seconds, if items expire. */
  readonly expiry: string | null;
}

/** A client of the stand-in at this address. */
export function dynamoClient(url: string, credentials: Credentials): DynamoDBClient {
  return new DynamoDBClient({ endpoint: url, region: PLACE.region, credentials });
}

/** Creates the template's tables, or checks that the kept ones are still what the template says. */
export async function createTables(
  template: Template,
  resolve: Resolve,
  client: DynamoDBClient,
): Promise<readonly Table[]> {
  const wanted = resourcesOf(template, 'AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table');
  return Promise.all(
    wanted.map(async ([id, properties]) => {
      const name = text(resolve({ Ref: id }), id);
      const resolved = object(resolve(used(properties)), id);
      const input = readTable(name, resolved);
      const kept = await describe(client, name);
      if (kept) assertSame(kept, input);
      else await client.send(new CreateTableCommand(input));
      const expiry = readExpiry(resolved);
      if (expiry !== null && !kept) await expire(client, name, expiry);
      return { name, expiry };
    }),
  );
}

/** The properties that matter here; others may name things that only AWS has. */
function used(properties: Json): Json {
  const { KeySchema, AttributeDefinitions, TimeToLiveSpecification } = properties;
  const { GlobalSecondaryIndexes, LocalSecondaryIndexes } = properties;
  const all = {
    KeySchema,
    AttributeDefinitions,
    TimeToLiveSpecification,
    GlobalSecondaryIndexes,
    LocalSecondaryIndexes,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function readTable(name: string, properties: Json): CreateTableCommandInput {
  const indexes = (kind: string): readonly Json[] =>
    optional(properties[kind], kind, list)?.map((index) => {
      const { IndexName, KeySchema, Projection } = object(index, kind);
      return { IndexName, KeySchema, Projection };
    }) ?? [];
  const global = indexes('GlobalSecondaryIndexes');
  const local = indexes('LocalSecondaryIndexes');
  // The template's words are those of the API; the stand-in checks them.
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: properties.KeySchema,
    AttributeDefinitions: properties.AttributeDefinitions,
    ...(global.length > 0 ? { GlobalSecondaryIndexes: global } : {}),
    ...(local.length > 0 ? { LocalSecondaryIndexes: local } : {}),
  } as unknown as CreateTableCommandInput;
}

function readExpiry(properties: Json): string | null {
  const given = properties.TimeToLiveSpecification;
  if (given === undefined) return null;
  const { AttributeName, Enabled } = object(given, 'TimeToLiveSpecification');
  return Enabled === true ? text(AttributeName, 'TimeToLiveSpecification') : null;
}

async function describe(client: DynamoDBClient, name: string): Promise<TableDescription | null> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table ?? null;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
}

/** A table can't be changed in place here; one kept from before an index was added would answer wrongly. */
function assertSame(kept: TableDescription, wanted: CreateTableCommandInput): void {
  const shape = (table: TableDescription | CreateTableCommandInput): string =>
    JSON.stringify([
      keysOf(table.KeySchema),
      ...[...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])]
        .map((index) => `${index.IndexName} ${keysOf(index.KeySchema)}`)
        .sort(),
    ]);
  if (shape(kept) !== shape(wanted)) {
    throw new Error(
      `the kept table ${wanted.TableName} has other keys than the template; start with a new --data folder`,
    );
  }
}

function keysOf(schema: TableDescription['KeySchema']): string {
  return (schema ?? []).map((key) => `${key.KeyType}:${key.AttributeName}`).join(',');
}

async function expire(client: DynamoDBClient, name: string, attribute: string): Promise<void> {
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: name,
      TimeToLiveSpecification: { AttributeName: attribute, Enabled: true },
    }),
  );
}
