// Runs one function in one environment: asks Lambda's Runtime API for work, hands it to the handler, answers.
// Plain JavaScript, because it is what a new process loads first and a cold start waits for it.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const env = process.env;
const [host, port] = env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new Agent({ keepAlive: true });
let current = null;

// The runner holds the other end of standard input; when it is gone, nobody waits for answers any more.
process.stdin.on('end', () => process.exit(0)).resume();
process.on('uncaughtException', (error) => die(error, 129));
process.on('unhandledRejection', (error) => die(error, 128));

const handler = await load().catch(async (error) => {
  await call('POST', '/init/error', JSON.stringify(describe(error)));
  process.exit(1);
});

for (;;) {
  const { headers, body } = await call('GET', '/invocation/next');
  current = headers['lambda-runtime-aws-request-id'];
  env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
  const [what, answer] = await work(headers, body);
  await call('POST', `/invocation/${current}/${what}`, answer);
  current = null;
}

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

async function work(headers, body) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const context = {
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
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
  if (current) await call('POST', `/invocation/${current}/error`, document);
  process.exit(code);
}

function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

function named(name, message) {
  return Object.assign(new Error(message), { name });
}

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const options = { host, port, method, agent, path: `/2018-06-01/runtime${path}` };
    request(options, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(parts).toString() }));
    })
      // The runner is gone, and with it whoever waits for an answer.
      .on('error', reject)
      .end(body);
  });
}
