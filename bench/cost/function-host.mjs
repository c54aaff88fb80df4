// Runs one function's bundle for the cost meter: takes an event, answers with the result and with what the run
// took. Plain JavaScript, like Lambda's own runtime, so that nothing but the bundle is compiled here.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [file, name] = process.env._HANDLER.split('.');
const bundle = await import(pathToFileURL(join(process.env.LAMBDA_TASK_ROOT, `${file}.mjs`)).href);

// The meter lets time pass at will, so that what is remembered for seconds can be seen fresh and stale.
const realNow = Date.now;
let aheadMs = 0;
Date.now = () => realNow() + aheadMs;

const written = { lines: 0, bytes: 0 };
process.stdout.write = (chunk) => {
  for (const line of String(chunk).split('\n')) {
    if (line === '') continue;
    written.lines++;
    written.bytes += Buffer.byteLength(line);
  }
  return true;
};

process.on('message', async ({ event, timeoutMs, ahead }) => {
  aheadMs = ahead;
  Object.assign(written, { lines: 0, bytes: 0 });
  const deadline = Date.now() + timeoutMs;
  const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => deadline - Date.now() };
  const began = performance.now();
  const cpu = process.cpuUsage();
  try {
    const result = await bundle[name](event, context);
    const { user, system } = process.cpuUsage(cpu);
    const wallMs = performance.now() - began;
    process.send({ result: result ?? null, wallMs, cpuMs: (user + system) / 1000, ...written });
  } catch (error) {
    process.send({ error: String(error?.stack ?? error) });
  }
});
process.send('ready');
