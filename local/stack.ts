import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Credentials, newCredentials } from './credentials.ts';
import type { DataFolder } from './data-folder.ts';
import { type DynamoServer, startDynamo } from './dynamo/dynoxide.ts';
import { removeExpired } from './dynamo/expiry.ts';
import { faultyTables } from './dynamo/faulty-tables.ts';
import { createTables, dynamoClient } from './dynamo/tables.ts';
import type { Faults } from './faults.ts';
import type { Backend } from './http/gateway.ts';
import { createRouter, type Route, readRoutes } from './http/routes.ts';
import { type ServiceServer, startServices } from './keys/aws-json.ts';
import { kmsOperations } from './keys/kms.ts';
import { secretsManagerOperations } from './keys/secrets-manager.ts';
import { EventSourceMapping, type MappingSpec } from './lambda/event-source-mapping.ts';
import { type LambdaFunction, readFunctions } from './lambda/functions.ts';
import { readMappings } from './lambda/mappings.ts';
import type { FunctionError } from './lambda/outcome.ts';
import type { Pool } from './lambda/pool.ts';
import { startPools } from './lambda/pools.ts';
import { readSchedules, type ScheduleSpec } from './lambda/schedules.ts';
import { shareOf } from './lambda/shares.ts';
import type { Logs } from './logs.ts';
import type { LocalMetrics } from './metrics/metrics.ts';
import { createQueues } from './sqs/queues.ts';
import { type QueueServer, startQueueServer } from './sqs/server.ts';
import type { SqsQueue } from './sqs/store.ts';
import { type Assembly, resourcesOf } from './template/assembly.ts';
import { createResolve, type Resolve } from './template/intrinsics.ts';
import { arn, localNames, pseudoParameters } from './template/names.ts';
import { everyFull } from './timer.ts';

/** How often expired items are looked for. AWS takes its time too: up to two days. */
const EXPIRY_EVERY_MS = 300_000;
/** A schedule's first run after the start. */
const FIRST_RUN_MS = 1_000;

export interface StackOptions {
  /** The runner's own address. */
  readonly url: string;
  readonly adminKey: string;
  readonly data: DataFolder;
  readonly logs: Logs;
  readonly onFailure: (lambda: LambdaFunction, error: FunctionError) => void;
  readonly metrics: LocalMetrics;
  /** @default 1 - functions may run as long as the template says */
  readonly patience?: number | undefined;
  /** Variables of the runner's own process. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface StandInOptions {
  /** Another DynamoDB stand-in to use. */
  readonly dynamoUrl?: string | undefined;
  /** Whether faults can strike tables too. */
  readonly tableFaults?: boolean | undefined;
}

/** The stand-ins, before it is known what they stand in for. */
export interface StandIns {
  readonly queues: QueueServer;
  readonly dynamo: DynamoServer;
  /** What they want to be called with. */
  readonly credentials: Credentials;
}

/** What a cloud assembly describes, running on this machine. */
export interface RunningStack {
  readonly backend: Backend;
  readonly faults: Faults;
  /** What the stand-ins want to be called with. */
  readonly credentials: Credentials;
  readonly dynamo: DynamoDBClient;
  readonly functions: readonly LambdaFunction[];
  readonly assembly: Assembly;
  /** Turns values of the template into what they are here. */
  readonly resolve: Resolve;
  /** Queues by ARN. */
  readonly queues: ReadonlyMap<string, SqsQueue>;
  /** Lets running work end within this time, then ends everything. */
  stop(withinMs: number): Promise<void>;
}

/** Starts SQS and DynamoDB, which takes as long as making the template, so that the two can go on together. */
export async function startStandIns(
  { queues, tables }: DataFolder,
  { dynamoUrl, tableFaults = false }: StandInOptions = {},
): Promise<StandIns> {
  const credentials = newCredentials();
  const [sqs, dynamo] = await Promise.all([
    startQueueServer(queues, credentials),
    startDynamo(tables, dynamoUrl),
  ]);
  const tablesServer = tableFaults ? await faultyTables(dynamo, sqs.faults, credentials) : dynamo;
  return { queues: sqs, dynamo: tablesServer, credentials };
}

/** Creates what the assembly describes on the stand-ins, and sets it going. */
export async function startStack(
  assembly: Assembly,
  standIns: StandIns,
  options: StackOptions,
): Promise<RunningStack> {
  const { template } = assembly;
  const names = localNames({ api: options.url, queueUrl: standIns.queues.queueUrl });
  const resolve = createResolve(template, pseudoParameters(assembly.stackName), names);
  const dynamo = dynamoClient(standIns.dynamo.url, standIns.credentials);
  const queues = createQueues(template, resolve, standIns.queues);
  const [tables, keys] = await Promise.all([
    createTables(template, resolve, dynamo),
    startKeys(assembly, resolve, options, standIns.credentials),
  ]);
  const uses = readUses(assembly, resolve);
  const services = {
    credentials: standIns.credentials,
    sqs: standIns.queues.url,
    dynamo: standIns.dynamo.url,
    keys: keys.url,
    console: options.url,
  };
  const functions = readFunctions(
    assembly,
    resolve,
    (name) => uses.functions.has(name),
    services,
    options.env,
  );
  const { metrics, logs } = options;
  const compileCache = join(assembly.folder, 'compile-cache');
  const pools = startPools(
    patient(functions, options.patience),
    { logs, compileCache },
    {
      failed: options.onFailure,
      ran: (...run) => metrics.watch.ran(...run),
    },
  );
  metrics.read(template, resolve, functions.values());
  for (const queue of queues.values()) metrics.watch.queue(queue);
  const [[apiId] = ['none']] = resourcesOf(template, 'AWS::ApiGatewayV2::Api');
  const mappings = uses.mappings.map((spec) =>
    startMapping(spec, uses.mappings, queues, standIns.queues, pools),
  );
  const timers = [
    ...uses.schedules.map((spec) =>
      everyFull(spec.everyMs, FIRST_RUN_MS, (at) => {
        // A failure is reported by the pool; the next run makes up for it.
        void find(pools, spec.functionArn).invoke(spec.event(at));
      }),
    ),
    everyFull(EXPIRY_EVERY_MS, EXPIRY_EVERY_MS, (at) => {
      const sweeps = tables.map((table) => removeExpired(dynamo, table, Math.floor(at.getTime() / 1000)));
      Promise.all(sweeps).catch((error: unknown) => logs.line('expiry', String(error)));
    }),
  ];
  return {
    backend: {
      route: createRouter(uses.routes),
      invoke: (functionArn, payload) => find(pools, functionArn).invoke(payload),
      answered: (status, durationMs) => metrics.watch.answered(apiId, status, durationMs),
    },
    faults: standIns.queues.faults,
    credentials: standIns.credentials,
    dynamo,
    functions: [...functions.values()],
    resolve,
    assembly,
    queues,
    stop: async (withinMs) => {
      for (const stopTimer of timers) stopTimer();
      metrics.watch.stop();
      await Promise.all([
        ...mappings.map((mapping) => mapping.stop()),
        ...[...pools.values()].map((pool) => pool.stop(withinMs)),
      ]);
      dynamo.destroy();
      await keys.close();
    },
  };
}

/** The functions, with so many times the time that the template gives them. */
function patient(
  functions: ReadonlyMap<string, LambdaFunction>,
  times = 1,
): ReadonlyMap<string, LambdaFunction> {
  return new Map([...functions].map(([name, own]) => [name, { ...own, timeoutMs: own.timeoutMs * times }]));
}

interface Uses {
  readonly routes: readonly Route[];
  readonly mappings: readonly MappingSpec[];
  readonly schedules: readonly ScheduleSpec[];
  /** ARNs of the functions that any of them invokes. */
  readonly functions: ReadonlySet<string>;
}

function readUses({ template }: Assembly, resolve: Resolve): Uses {
  const routes = readRoutes(template, resolve);
  const mappings = readMappings(template, resolve);
  const schedules = readSchedules(template, resolve);
  const all = [...routes, ...mappings, ...schedules];
  return { routes, mappings, schedules, functions: new Set(all.map((use) => use.functionArn)) };
}

function startKeys(
  assembly: Assembly,
  resolve: Resolve,
  options: StackOptions,
  credentials: Credentials,
): Promise<ServiceServer> {
  const keys = resourcesOf(assembly.template, 'AWS::KMS::Key').map(([id]) => ({
    id,
    arn: arn('kms', `key/${id}`),
  }));
  const secrets = resourcesOf(assembly.template, 'AWS::SecretsManager::Secret');
  // The one secret there is holds the admin key; a second one would need a value that nobody has given.
  if (secrets.length > 1) throw new Error('the template has more than one secret');
  const values = new Map(secrets.map(([id]) => [String(resolve({ Ref: id })), options.adminKey]));
  const operations = { ...kmsOperations(keys, options.data.masterKey), ...secretsManagerOperations(values) };
  return startServices(operations, credentials);
}

function startMapping(
  spec: MappingSpec,
  all: readonly MappingSpec[],
  queues: ReadonlyMap<string, SqsQueue>,
  server: QueueServer,
  pools: ReadonlyMap<string, Pool>,
): EventSourceMapping {
  const queue = find(queues, spec.queueArn);
  const receive = (max: number) => (max > 0 ? server.receive(queue, max) : []);
  const pool = find(pools, spec.functionArn);
  const mapping = new EventSourceMapping(spec, queue, receive, pool, shareOf(spec, all, pool.max));
  mapping.start();
  return mapping;
}

function find<T>(all: ReadonlyMap<string, T>, name: string): T {
  const found = all.get(name);
  if (found === undefined) throw new Error(`the template does not have ${name}`);
  return found;
}
