// Runs one function in one environment: takes work from the runner's pipe, hands it to the handler, answers.
// Plain JavaScript, because it is what a new process loads first and a cold start waits for it.
import { existsSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readFrames, writeFrame } from './frames.mjs';

/** Where the runner put its pipe. */
const PIPE = 3;

// Code that an environment before this one compiled is taken as it is.
enableCompileCache(process.argv[2]);

const env = process.env;
const runner = new Socket({ fd: PIPE, readable: true, writable: true });
let current = null;

// When the other end is gone, nobody waits for answers any more.
runner.on('close', () => process.exit(0)).on('error', () => process.exit(0));
process.on('uncaughtException', (error) => die(error, 129));
process.on('unhandledRejection', (error) => die(error, 128));

let isFirst = true;
let handler;
try {
  handler = await load();
} catch (error) {
  await answer({ kind: 'init-error' }, JSON.stringify(describe(error)));
  process.exit(1);
}

readFrames(runner, async (head, body) => {
  const { requestId } = head;
  current = requestId;
  env._X_AMZN_TRACE_ID = head.traceId;
  const [kind, text] = await work(head, body);
  current = null;
  await answer({ kind, requestId }, text);
  // By now the functions that are needed are compiled, which loading alone does not do.
  if (isFirst) flushCompileCache();
  isFirst = false;
});
await answer({ kind: 'ready' });

async function load() {
  const [file, name] = env._HANDLER.split('.');
  const base = join(env.LAMBDA_TASK_ROOT, file);
  const path = ['.mjs', '.js', '.cjs'].map((ending) => base + ending).find((each) => existsSync(each));
  if (!path) throw named('Runtime.ImportModuleError', `Cannot find module '${file}'`);
  const exported = (await import(pathToFileURL(path).href))[name];
  if (typeof exported !== 'function') {
    throw named('Runtime.HandlerNotFound', `${env._HANDLER} is undefined or not exported`);
  }
  return exported;
}

async function work({ requestId, functionArn, deadline }, body) {
  const context = {
    awsRequestId: requestId,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: functionArn,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    const result = await handler(JSON.parse(body), context);
    return ['response', JSON.stringify(result === undefined ? null : result)];
  } catch (error) {
    return ['error', JSON.stringify(describe(error))];
  }
}

async function die(error, code) {
  const document = JSON.stringify(describe(error));
  process.stderr.write(`${document}\n`);
  if (current) await answer({ kind: 'error', requestId: current }, document);
  process.exit(code);
}

function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

function named(name, message) {
  return Object.assign(new Error(message), { name });
}

/** Settles when the runner has it. */
function answer(head, body) {
  return new Promise((written) => writeFrame(runner, head, body, written));
}
