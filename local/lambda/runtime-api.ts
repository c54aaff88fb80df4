import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { LOOPBACK, listen } from '../loopback.ts';
import { type FunctionError, failed, MAX_PAYLOAD_BYTES, type Outcome } from './outcome.ts';

/** One piece of work for a function. */
export interface Invocation {
  readonly requestId: string;
  readonly functionArn: string;
  readonly payload: string;
  /** Epoch milliseconds at which the function is stopped. */
  readonly deadline: number;
}

interface UnderWay {
  readonly requestId: string;
  readonly settle: (outcome: Outcome) => void;
}

interface Reply {
  readonly status: number;
  readonly body: object;
}

const ACCEPTED: Reply = { status: 202, body: { status: 'OK' } };

/**
 * Lambda's Runtime API for one environment, on a port of its own.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeApi {
  readonly #server: Server;
  #address = '';
  #poll: ServerResponse | null = null;
  #queued: Invocation | null = null;
  #underWay: UnderWay | null = null;
  readonly #ready = Promise.withResolvers<void>();

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
    // Work may take longer than the default pause allowed between two requests on a connection.
    this.#server.keepAliveTimeout = 0;
    this.#ready.promise.catch(() => 'whoever invokes gets the same error');
  }

  async start(): Promise<void> {
    this.#address = `${LOOPBACK}:${await listen(this.#server, 0)}`;
  }

  /** `host:port`, as in the variable `AWS_LAMBDA_RUNTIME_API`. */
  get address(): string {
    return this.#address;
  }

  /** Settles when the function was loaded and asks for work; rejects with an `InitError` if it can't be. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Hands over one piece of work; one at a time. */
  invoke(invocation: Invocation): Promise<Outcome> {
    if (this.#underWay) throw new Error('this environment is at work');
    return new Promise((settle) => {
      this.#underWay = { requestId: invocation.requestId, settle };
      this.#queued = invocation;
      this.#handOver();
    });
  }

  /** The environment is gone, and why. Ends the work it had. */
  lost(error: FunctionError): void {
    this.#ready.reject(new InitError(error));
    this.#settle({ ok: false, error });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url?.replace('/2018-06-01/runtime', '') ?? '';
    if (request.method === 'GET' && path === '/invocation/next') {
      this.#poll = response;
      this.#ready.resolve();
      this.#handOver();
      return;
    }
    readText(request)
      .then((body) => (path === '/init/error' ? this.#notLoaded(body) : this.#done(path, body)))
      .then(({ status, body }) => reply(response, status, body))
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  }

  #notLoaded(body: string): Reply {
    this.#ready.reject(new InitError(JSON.parse(body)));
    return ACCEPTED;
  }

  #done(path: string, body: string): Reply {
    const [, requestId, what] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (requestId === undefined || requestId !== this.#underWay?.requestId) {
      return { status: 400, body: { errorType: 'InvalidRequestID', errorMessage: 'Invalid request ID' } };
    }
    if (Buffer.byteLength(body) > MAX_PAYLOAD_BYTES) {
      const message = `Response payload size exceeded maximum allowed payload size (${MAX_PAYLOAD_BYTES} bytes).`;
      this.#settle(failed('Function.ResponseSizeTooLarge', message));
      return { status: 413, body: { errorType: 'RequestEntityTooLarge', errorMessage: message } };
    }
    this.#settle(what === 'error' ? { ok: false, error: JSON.parse(body) } : { ok: true, payload: body });
    return ACCEPTED;
  }

  #handOver(): void {
    const [invocation, poll] = [this.#queued, this.#poll];
    if (!invocation || !poll) return;
    this.#queued = null;
    this.#poll = null;
    poll
      .writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': invocation.requestId,
        'lambda-runtime-deadline-ms': String(invocation.deadline),
        'lambda-runtime-invoked-function-arn': invocation.functionArn,
        'lambda-runtime-trace-id': `Root=1-${invocation.requestId.slice(0, 8)}-${invocation.requestId.replaceAll('-', '').slice(8)};Sampled=0`,
      })
      .end(invocation.payload);
  }

  #settle(outcome: Outcome): void {
    const underWay = this.#underWay;
    this.#underWay = null;
    this.#queued = null;
    underWay?.settle(outcome);
  }
}

/** The function could not be loaded. */
export class InitError extends Error {
  override readonly name = 'InitError';
  readonly reported: FunctionError;

  constructor(reported: FunctionError) {
    super(`${reported.errorType}: ${reported.errorMessage}`);
    this.reported = reported;
  }
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readText(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}
