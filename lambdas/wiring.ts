import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { EmfMeter } from '../adapters/emf-meter.ts';
import { JsonLog } from '../adapters/json-log.ts';
import { systemRandom } from '../adapters/system.ts';
import { ENV, LOCAL_ENV } from '../contract/environment.ts';
import type { DestinationPolicy } from '../core/dispatch/destination-url.ts';

/** A variable the function cannot run without. */
export function required(name: (typeof ENV)[keyof typeof ENV]): string {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
}

/** A variable that holds a whole number above zero. */
export function requiredNumber(name: (typeof ENV)[keyof typeof ENV]): number {
  const value = Number(required(name));
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`the environment variable ${name} is no number above zero`);
  return value;
}

/**
 * Memory of the function, in bytes.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function memoryBytes(): number {
  const mebibytes = Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
  if (!(mebibytes > 0)) throw new Error('Lambda does not say how much memory the function has');
  return mebibytes * 1024 * 1024;
}

/** A function's log, and its meter. */
export function observability(): { readonly log: JsonLog; readonly meter: EmfMeter } {
  return {
    log: new JsonLog(Number(required(ENV.logShare)), systemRandom),
    meter: new EmfMeter(required(ENV.pipeline)),
  };
}

/**
 * Where subscribers' URLs may lead. Loopback and plain http are let in by the local runner only. `ownHosts` is the
 * variable's text.
 */
export function destinationPolicy(ownHosts: string): DestinationPolicy {
  return {
    allowLoopback: process.env[LOCAL_ENV.allowLoopback] === 'true',
    internalEndpoints: internalEndpoints(),
    own: {
      hosts: ownHosts.split(','),
      receiverPath: process.env[LOCAL_ENV.receiverPath] ?? null,
    },
  };
}

/**
 * `host:port` of the services a subscriber must never reach from here, loopback allowed or not: Lambda's
 * runtime API and whatever AWS endpoint the SDK was pointed at.
 */
function internalEndpoints(): readonly string[] {
  const endpoints: string[] = [];
  for (const [name, value] of Object.entries(process.env)) {
    if (!value) continue;
    if (name === 'AWS_LAMBDA_RUNTIME_API' || name === 'AWS_LAMBDA_METADATA_API') endpoints.push(value);
    else if (name.startsWith('AWS_ENDPOINT_URL')) endpoints.push(new URL(value).host);
  }
  return endpoints;
}

/** Builds once, on first use: a function pays only for the clients it touches. */
export function once<T>(build: () => T): () => T {
  let built: { value: T } | null = null;
  return () => {
    built ??= { value: build() };
    return built.value;
  };
}

/**
 * Deadlines of our own for calls to AWS, which the SDK would wait for without end. Three tries of the longest fit into the
 * shortest function's time.
 */
export function callDeadlines(requestMs = 8_000) {
  const requestHandler = { connectionTimeout: 2_000, requestTimeout: requestMs, throwOnRequestTimeout: true };
  return { requestHandler };
}

// Marked pure, so that a function's bundle leaves out the clients it does not use.
export const dynamo = /* @__PURE__ */ once(() => new DynamoDBClient(callDeadlines()));
// The queue's address decides where a message goes, so that no queue URL can lead past the endpoint set for it.
export const sqs = /* @__PURE__ */ once(
  () => new SQSClient({ ...callDeadlines(), useQueueUrlAsEndpoint: false }),
);
export const kms = /* @__PURE__ */ once(() => new KMSClient(callDeadlines()));
export const secretsManager = /* @__PURE__ */ once(() => new SecretsManagerClient(callDeadlines()));
