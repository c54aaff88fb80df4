import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ENV } from '../contract/environment.ts';
import { Console } from './console.ts';
import { FolderTakenError, openDataFolder } from './data-folder.ts';
import { DemoReceiver } from './demo/receiver.ts';
import { receiverSecrets } from './demo/receiver-secrets.ts';
import { Gateway } from './http/gateway.ts';
import { LogFiles, type LogReader } from './logs.ts';
import { LOOPBACK } from './loopback.ts';
import { LocalMetrics } from './metrics/metrics.ts';
import type { Options } from './options.ts';
import { type RunningStack, type StandIns, startStack, startStandIns } from './stack.ts';
import { synthesize } from './synth.ts';
import { readAssembly } from './template/assembly.ts';

/** Time that running work gets to end when the runner stops. */
const STOP_WITHIN_MS = 5_000;
/** Time that a port or a folder may still be taken. */
const TAKEN_MS = 2_000;
/** Time until the API must answer. */
const READY_WITHIN_MS = 60_000;

/** What to know where the tables can't be hidden. */
const CAN_BE_FOUND =
  'The DynamoDB stand-in is on 127.0.0.1, where a web page can find it by trying ports: see SECURITY.md.';

/** How to run, with what only tests want. */
export type RunnerOptions = Options & {
  /** Whether faults can strike tables too. */
  readonly tableFaults?: boolean;
  /** How many times as long as the template says a function may run: on a busy machine all takes longer. */
  readonly patience?: number;
};

/** What the runner has to tell while it works. */
export interface Reports {
  /** What it is doing, for whoever waits. */
  notice(line: string): void;
  /** Something went wrong in a function or in the runner. */
  trouble(line: string): void;
  /** Each line a function logs, if somebody wants to see them. */
  log?(line: string): void;
}

/** The whole of Fanfare on one loopback port. */
export interface Runner {
  readonly url: string;
  readonly apiKey: string;
  readonly stack: RunningStack;
  readonly metrics: LocalMetrics;
  readonly receiver: DemoReceiver;
  /** The web page; it is built when first asked for, or before by `page.prepare()`. */
  readonly page: Console;
  readonly logFolder: string;
  /** Finishes running work within a bound, then ends every process it started. */
  stop(): Promise<void>;
}

/** The port is taken. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
}

/**
 * Starts everything and settles when `GET /v1/health` answers. Whatever was started is ended again when a later
 * step fails.
 */
export async function startRunner(
  root: string,
  options: RunnerOptions,
  reports: Reports,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Runner> {
  const started = new AsyncDisposableStack();
  try {
    const data = await patiently(
      () => openDataFolder(options.data),
      (error) => error instanceof FolderTakenError,
    );
    started.defer(data.release);
    const gateway = new Gateway();
    const url = `http://${LOOPBACK}:${await listenOn(gateway, options.port)}`;
    started.defer(() => gateway.close(0));
    const metrics = new LocalMetrics();
    const logs = openLogs(root, options.data, new URL(url).port, {
      ...reports,
      printed: (line) => metrics.line(line),
    });
    started.defer(() => logs.close());
    const making = synthesize(
      root,
      () => reports.notice('Making the template from the sources…'),
      settingsOf(options),
    );
    // Its failure is thrown below; until then it must not count as unhandled.
    making.catch(() => 'thrown below');
    const standIns = await startStandIns(data, {
      dynamoUrl: env.FANFARE_DYNAMODB_ENDPOINT || undefined,
      tableFaults: options.tableFaults,
    });
    started.defer(() => closeStandIns(standIns));
    if (standIns.dynamo.canBeFound) reports.notice(CAN_BE_FOUND);
    const apiKey = options.apiKey ?? data.adminKey;
    const stack = await startStack(readAssembly(await making), standIns, {
      url,
      adminKey: apiKey,
      data,
      env,
      logs,
      metrics,
      patience: options.patience,
      onFailure: (lambda, error) => {
        logs.line(lambda.label, JSON.stringify({ level: 'ERROR', message: error.errorType, ...error }));
      },
    });
    started.defer(() =>
      Promise.all([gateway.close(STOP_WITHIN_MS), stack.stop(STOP_WITHIN_MS)]).then(() => {}),
    );
    const receiver = new DemoReceiver(receiverSecrets(url, apiKey, stack.dynamo, subscriptionsTable(stack)));
    const page = new Console(root);
    started.defer(() => page.close());
    gateway.serve(stack.backend, [
      (request, path) => receiver.answer(request, path),
      (request, path) => metrics.pages.answer(request, path),
      (request, path) => page.answer(request, path),
    ]);
    await healthy(url);
    const stop = once(() => started.disposeAsync());
    return { url, apiKey, stack, metrics, receiver, page, logFolder: logs.folder, stop };
  } catch (error) {
    await started.disposeAsync();
    throw error;
  }
}

/** What the template is told with `-c`. */
function settingsOf({ deliveryLog, verifyEndpoints }: RunnerOptions): Readonly<Record<string, string>> {
  return {
    ...(deliveryLog === undefined ? {} : { deliveryLog }),
    ...(verifyEndpoints === undefined ? {} : { verifyEndpoints: String(verifyEndpoints) }),
  };
}

async function listenOn(gateway: Gateway, port: number): Promise<number> {
  try {
    return await patiently(
      () => gateway.listen(port),
      (error) => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE',
    );
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    const why = cause.code === 'EADDRINUSE' ? 'is taken' : `can't be used (${String(cause.code)})`;
    throw new PortTakenError(`port ${port} ${why}; choose another one: npm start -- --port 3001`, { cause });
  }
}

/** Tries again for a while: after a quick restart, the one before may not be quite gone. */
async function patiently<T>(work: () => T | Promise<T>, mayPass: (error: unknown) => boolean): Promise<T> {
  const givenUpAt = Date.now() + TAKEN_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!mayPass(error) || Date.now() > givenUpAt) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** In the data folder if there is one; otherwise a folder that the next runner on the same port writes over. */
function openLogs(root: string, data: string | null, port: string, reader: LogReader): LogFiles {
  if (data !== null) return new LogFiles(join(data, 'logs'), reader);
  const folder = join(root, '.local', 'logs', port);
  rmSync(folder, { recursive: true, force: true });
  return new LogFiles(folder, reader);
}

async function closeStandIns({ queues, dynamo }: StandIns): Promise<void> {
  await Promise.all([queues.close(), dynamo.close()]);
}

function subscriptionsTable({ functions }: RunningStack): string {
  const table = functions.flatMap(({ variables }) => variables[ENV.subscriptionsTable] ?? [])[0];
  if (table === undefined) throw new Error('no function knows the subscriptions table');
  return table;
}

/** Waits until the API says that it is well. */
async function healthy(url: string): Promise<void> {
  const givenUpAt = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const answer = await fetch(`${url}/v1/health`);
    const body = await answer.text();
    if (answer.ok) return;
    if (Date.now() > givenUpAt) throw new Error(`GET /v1/health answers ${answer.status} ${body}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function once<T>(work: () => T): () => T {
  let done: { readonly value: T } | null = null;
  return () => {
    done ??= { value: work() };
    return done.value;
  };
}
