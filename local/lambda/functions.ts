import { devNull } from 'node:os';
import { ENV, LOCAL_ENV } from '../../contract/environment.ts';
import type { Credentials } from '../credentials.ts';
import { RECEIVER_PATH } from '../demo/receiver.ts';
import { type Assembly, resourcesOf } from '../template/assembly.ts';
import type { Resolve } from '../template/intrinsics.ts';
import { type Json, number, object, optional, text } from '../template/json.ts';
import { arn, PLACE } from '../template/names.ts';

/** A function of the template, ready to run here. */
export interface LambdaFunction {
  readonly name: string;
  /** What to call it to a person: the last word of its description, else its name. */
  readonly label: string;
  readonly arn: string;
  /** Folder of its bundle. */
  readonly folder: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly reservedConcurrency: number | null;
  /** All variables of its environments. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Where each service is on this machine, and what it takes to call it. */
export interface Services {
  readonly credentials: Credentials;
  readonly sqs: string;
  readonly dynamo: string;
  readonly keys: string;
  /** The runner itself, which serves the console. */
  readonly console: string;
}

/** Variables of the runner that its functions get too: certificates a user added for loopback https receivers. */
const PASSED_ON = ['NODE_EXTRA_CA_CERTS'] as const;

/** Nothing listens here: where a call to a service that has no stand-in ends. */
const NOWHERE = 'http://127.0.0.1:9';

/**
 * The template's functions by ARN, as far as `isUsed` says that something here invokes them: others are
 * CDK's helpers for its own work at deploy time.
 */
export function readFunctions(
  assembly: Assembly,
  resolve: Resolve,
  isUsed: (functionArn: string) => boolean,
  services: Services,
  own: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, LambdaFunction> {
  const functions = new Map<string, LambdaFunction>();
  for (const [id, properties] of resourcesOf(assembly.template, 'AWS::Lambda::Function')) {
    const name = text(resolve({ Ref: id }), id);
    const functionArn = arn('lambda', `function:${name}`);
    if (!isUsed(functionArn)) continue;
    const code = object(resolve(properties.Code), `${id}.Code`);
    const folder = assembly.assetFolder(text(code.S3Key, `${id}.Code.S3Key`));
    const memoryMb = optional(properties.MemorySize, `${id}.MemorySize`, number) ?? 128;
    const reserved = resolve(properties.ReservedConcurrentExecutions);
    const given = templateVariables(resolve(properties.Environment), id);
    functions.set(functionArn, {
      name,
      label: optional(properties.Description, id, text)?.replace(/^.*: /, '') ?? name,
      arn: functionArn,
      folder,
      memoryMb,
      timeoutMs: (optional(properties.Timeout, `${id}.Timeout`, number) ?? 3) * 1000,
      reservedConcurrency: optional(reserved, `${id}.ReservedConcurrentExecutions`, number) ?? null,
      variables: {
        ...lambdaVariables(name, text(properties.Handler, `${id}.Handler`), memoryMb, folder),
        ...logVariables(optional(properties.LoggingConfig, `${id}.LoggingConfig`, object) ?? {}),
        ...serviceVariables(services),
        ...Object.fromEntries(PASSED_ON.flatMap((key) => (own[key] ? [[key, own[key]]] : []))),
        ...given,
        ...(ENV.consoleUrl in given ? { [ENV.consoleUrl]: services.console } : {}),
        ...(ENV.ownHosts in given ? { [ENV.ownHosts]: new URL(services.console).host } : {}),
        [LOCAL_ENV.allowLoopback]: 'true',
        [LOCAL_ENV.receiverPath]: RECEIVER_PATH,
      },
    });
  }
  return functions;
}

function templateVariables(environment: unknown, id: string): Record<string, string> {
  const given = optional(environment, `${id}.Environment`, object)?.Variables;
  const variables = optional(given, `${id}.Environment.Variables`, object) ?? {};
  return Object.fromEntries(
    Object.entries(variables).map(([key, value]) => [key, text(value, `the variable ${key} of ${id}`)]),
  );
}

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
function lambdaVariables(
  name: string,
  handler: string,
  memoryMb: number,
  folder: string,
): Record<string, string> {
  return {
    _HANDLER: handler,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    LAMBDA_TASK_ROOT: folder,
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: 'UTC',
  };
}

function logVariables(config: Json): Record<string, string> {
  const { LogFormat, ApplicationLogLevel } = config;
  return {
    ...(typeof LogFormat === 'string' ? { AWS_LAMBDA_LOG_FORMAT: LogFormat } : {}),
    ...(typeof ApplicationLogLevel === 'string' ? { AWS_LAMBDA_LOG_LEVEL: ApplicationLogLevel } : {}),
  };
}

/** No call of an SDK can leave the machine, whatever profile or role the user has. */
function serviceVariables(services: Services): Record<string, string> {
  return {
    AWS_REGION: PLACE.region,
    AWS_DEFAULT_REGION: PLACE.region,
    AWS_ACCESS_KEY_ID: services.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: services.credentials.secretAccessKey,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: NOWHERE,
    AWS_ENDPOINT_URL_SQS: services.sqs,
    AWS_ENDPOINT_URL_DYNAMODB: services.dynamo,
    AWS_ENDPOINT_URL_KMS: services.keys,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: services.keys,
  };
}
