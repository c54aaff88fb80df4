import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { DeliveryLogMode } from '../../contract/delivery-log.ts';
import { listen } from '../../local/loopback.ts';
import { type Runner, startRunner } from '../../local/runner.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** An answer of the API. `body` is what its JSON says. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}

/** The API of a runner, as a client with the admin key. */
export interface Api {
  readonly url: string;
  readonly apiKey: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer>;
  /** Creates a subscription; throws unless it was made. */
  subscribe(url: string, more?: object): Promise<{ readonly id: string; readonly secret: string }>;
  /** Posts an event; answers its id. Throws unless it was accepted. */
  post(event: object): Promise<string>;
}

export function apiOf(url: string, apiKey: string): Api {
  const call: Api['call'] = async (method, path, body, headers = {}) => {
    const answer = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? null : JSON.parse(text) };
  };
  const made = async (path: string, body: object, status: number) => {
    const answer = await call('POST', path, body);
    if (answer.status === status) return answer.body;
    throw new Error(`POST ${path} answered ${answer.status} ${JSON.stringify(answer.body)}`);
  };
  return {
    url,
    apiKey,
    call,
    subscribe: (target, more = {}) => made('/v1/subscriptions', { url: target, ...more }, 201),
    post: async (event) => (await made('/v1/events', event, 202)).id,
  };
}

/** A whole runner in this process, with its queues and faults in reach. */
export interface InProcessRunner extends Api {
  readonly runner: Runner;
  /** What went wrong in functions. */
  readonly troubles: readonly string[];
  stop(): Promise<void>;
}

/** Starts a whole runner in this process, on a free port and without the demo. */
export async function startInProcess(
  options: {
    readonly data?: string;
    readonly tableFaults?: boolean;
    readonly deliveryLog?: DeliveryLogMode;
    readonly verifyEndpoints?: boolean;
  } = {},
): Promise<InProcessRunner> {
  const troubles: string[] = [];
  const runner = await startRunner(
    ROOT,
    {
      port: 0,
      apiKey: `test_${randomUUID()}`,
      demo: false,
      data: options.data ?? null,
      quiet: true,
      verbose: false,
      tableFaults: options.tableFaults ?? false,
      patience: 3,
      ...(options.deliveryLog === undefined ? {} : { deliveryLog: options.deliveryLog }),
      ...(options.verifyEndpoints === undefined ? {} : { verifyEndpoints: options.verifyEndpoints }),
    },
    { notice: () => {}, trouble: (line) => troubles.push(line) },
    {},
  );
  return { ...apiOf(runner.url, runner.apiKey), runner, troubles, stop: () => runner.stop() };
}

/** A whole runner in a process of its own, as a user has it. */
export interface ChildRunner extends Api {
  readonly child: ChildProcess;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** Sends the signal and answers the exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

export interface ChildOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly apiKey?: string;
}

/** Starts a runner in a process of its own, on a free port; settles with its ready line. */
export async function startAsChild({ args = [], env = {}, apiKey }: ChildOptions = {}): Promise<ChildRunner> {
  const key = apiKey ?? `test_${randomUUID()}`;
  const all = ['--port', '0', '--api-key', key, ...args];
  const { child, stdout, stderr, ended } = spawnRunner(all, env);
  const ready = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, url] = /^ready (http:\/\/127\.0\.0\.1:\d+)$/.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
  const failed = ended.then((code) => {
    throw new Error(`the runner ended with ${code}: ${stderr.join('\n')}`);
  });
  const url = await Promise.race([ready, failed]);
  failed.catch(() => 'it has to end at some time');
  const end: ChildRunner['end'] = (signal) => {
    child.kill(signal);
    return ended;
  };
  return { ...apiOf(url, key), child, stdout, stderr, end };
}

/** Starts `bin/local.ts` with these arguments and collects what it prints. */
export function spawnRunner(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { NODE_TEST_CONTEXT: _, ...own } = process.env;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'bin/local.ts', ...args], {
    cwd: ROOT,
    env: { ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr]: [string[], string[]] = [[], []];
  createInterface({ input: child.stdout }).on('line', (line) => stdout.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => stderr.push(line));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  return { child, stdout, stderr, ended };
}

/** A request as an endpoint got it, byte for byte. */
export interface WireRequest {
  readonly at: number;
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** What an endpoint answers. */
export interface EndpointAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly delayMs?: number;
}

/** A subscriber's endpoint on loopback that remembers what it got. Close it when done. */
export interface Endpoint {
  readonly url: string;
  readonly requests: readonly WireRequest[];
  /** How many answers were sent whole. */
  answered(): number;
  close(): Promise<void>;
}

/** Starts an endpoint; `answer` says what each request gets, by its number from 0. The default is 204. */
export async function startEndpoint(
  answer: (request: WireRequest, number: number) => EndpointAnswer = () => ({}),
): Promise<Endpoint> {
  const requests: WireRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const request = await readWire(incoming);
    const { status = 204, headers = {}, body, delayMs = 0 } = answer(request, requests.push(request) - 1);
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs).unref());
    response.writeHead(status, { ...headers }).end(body, () => answered++);
  });
  let answered = 0;
  server.unref();
  const port = await listen(server, 0);
  return {
    url: `http://127.0.0.1:${port}/hook`,
    requests,
    answered: () => answered,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readWire(incoming: IncomingMessage): Promise<WireRequest> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part);
  return {
    at: Date.now(),
    method: incoming.method ?? '',
    target: incoming.url ?? '',
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    ),
    rawHeaders: incoming.rawHeaders,
    body: Buffer.concat(parts),
  };
}
