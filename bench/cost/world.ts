import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { newCredentials } from '../../local/credentials.ts';
import { startDynamo } from '../../local/dynamo/dynoxide.ts';
import { createTables, dynamoClient } from '../../local/dynamo/tables.ts';
import { createRouter, type Router, readRoutes } from '../../local/http/routes.ts';
import { startServices } from '../../local/keys/aws-json.ts';
import { kmsOperations } from '../../local/keys/kms.ts';
import { secretsManagerOperations } from '../../local/keys/secrets-manager.ts';
import type { MappingSpec } from '../../local/lambda/event-source-mapping.ts';
import { type LambdaFunction, readFunctions } from '../../local/lambda/functions.ts';
import { readMappings } from '../../local/lambda/mappings.ts';
import { createQueues } from '../../local/sqs/queues.ts';
import { type QueueServer, startQueueServer } from '../../local/sqs/server.ts';
import type { SqsQueue } from '../../local/sqs/store.ts';
import { synthesize } from '../../local/synth.ts';
import { readAssembly, resourcesOf, type Template } from '../../local/template/assembly.ts';
import { createResolve } from '../../local/template/intrinsics.ts';
import { arn, localNames, pseudoParameters } from '../../local/template/names.ts';
import { askForCapacity, countDynamo, countQueueCall } from './count-calls.ts';
import { countingProxy } from './counting-proxy.ts';
import { MODEL } from './model.ts';
import type { Usage } from './usage.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The template's queues and tables on stand-ins that count what is asked of them. */
export interface World {
  readonly template: Template;
  readonly functions: readonly LambdaFunction[];
  readonly mappings: readonly MappingSpec[];
  readonly queues: ReadonlyMap<string, SqsQueue>;
  readonly server: QueueServer;
  readonly router: Router;
  readonly adminKey: string;
  /** What is used from here on is counted here. */
  countIn(usage: Usage): void;
  close(): Promise<void>;
}

/** Starts it from the template, made anew if a source changed. */
export async function startWorld(): Promise<World> {
  const assembly = readAssembly(await synthesize(ROOT, () => {}));
  const { template } = assembly;
  const credentials = newCredentials();
  const [server, dynamo] = await Promise.all([startQueueServer(null, credentials), startDynamo(null)]);
  const names = localNames({ api: 'http://127.0.0.1', queueUrl: server.queueUrl });
  const resolve = createResolve(template, pseudoParameters(assembly.stackName), names);
  const queues = createQueues(template, resolve, server);
  const client = dynamoClient(dynamo.url, credentials);
  const tables = await createTables(template, resolve, client);
  client.destroy();
  const tableOf = (word: RegExp): string => tables.find(({ name }) => word.test(name))?.name ?? String(word);
  const tableNames = { events: tableOf(/Events/), deliveries: tableOf(/Deliveries/) };

  let usage: Usage | null = null;
  const sqs = await countingProxy({
    behind: server.url,
    holdMs: MODEL.sqsCallMs,
    count: (call) => usage && countQueueCall(usage, call),
  });
  const proxy = await countingProxy({
    behind: dynamo.url,
    holdMs: MODEL.dynamoCallMs,
    prepare: askForCapacity,
    count: (call) => usage && countDynamo(usage, tableNames, call),
  });
  const adminKey = `bench_${randomBytes(18).toString('base64url')}`;
  const keys = await startServices(
    counted(
      {
        ...kmsOperations(
          resourcesOf(template, 'AWS::KMS::Key').map(([id]) => ({ id, arn: arn('kms', `key/${id}`) })),
          randomBytes(32),
        ),
        ...secretsManagerOperations(
          new Map(
            resourcesOf(template, 'AWS::SecretsManager::Secret').map(([id]) => [
              String(resolve({ Ref: id })),
              adminKey,
            ]),
          ),
        ),
      },
      (target) =>
        usage?.add('keys and secrets', /^Trent/.test(target) ? 'kms.request' : 'secrets.request', 1),
    ),
    credentials,
  );
  const services = { credentials, sqs: sqs.url, dynamo: proxy.url, keys: keys.url, console: keys.url };
  const routes = readRoutes(template, resolve);
  const mappings = readMappings(template, resolve);
  const used = new Set([...routes, ...mappings].map(({ functionArn }) => functionArn));
  const functions = readFunctions(assembly, resolve, (name) => used.has(name), services, {});
  return {
    template,
    functions: [...functions.values()],
    mappings,
    queues,
    server,
    router: createRouter(routes),
    adminKey,
    countIn: (into) => {
      usage = into;
    },
    close: async () => {
      await Promise.all([sqs.close(), proxy.close(), keys.close()]);
      await Promise.all([server.close(), dynamo.close()]);
    },
  };
}

type Operations = Parameters<typeof startServices>[0];

function counted(operations: Operations, count: (target: string) => void): Operations {
  return Object.fromEntries(
    Object.entries(operations).map(([target, operation]) => [
      target,
      (input: Parameters<typeof operation>[0]) => {
        count(target);
        return operation(input);
      },
    ]),
  );
}
