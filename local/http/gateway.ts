import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { MAX_PAYLOAD_BYTES, type Outcome } from '../lambda/outcome.ts';
import { listen } from '../loopback.ts';
import { guardedServer } from './guarded-server.ts';
import { NEVER_KEPT, pathOf, type RawRequest, type RawResponse, toEvent, toResponse } from './payload.ts';
import type { Router } from './routes.ts';

/** Quotas of HTTP APIs. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
export const GATEWAY = { maxBodyBytes: 10 * 1024 * 1024, maxHeaderBytes: 10_240, timeoutMs: 30_000 } as const;

/** What stands behind the gateway. */
export interface Backend {
  readonly route: Router;
  invoke(functionArn: string, payload: string): Promise<Outcome>;
  /** Is told of each answer of the API. */
  answered?(status: number, durationMs: number): void;
}

/** Answers requests that are not the API's: the demo receiver, the web page. Null: not mine. */
export type Neighbour = (request: RawRequest, path: string) => Promise<RawResponse | null>;

/** The HTTP API on one loopback port. It listens first and gets its backend later. */
export class Gateway {
  readonly #server: Server;
  #backend: Backend | null = null;
  #neighbours: readonly Neighbour[] = [];
  #underWay = 0;

  constructor() {
    this.#server = guardedServer({ maxHeaderSize: GATEWAY.maxHeaderBytes }, (request, response) => {
      this.#underWay++;
      this.#handle(request, response)
        .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
        .finally(() => this.#underWay--);
    });
    this.#server.keepAliveTimeout = 60_000;
    this.#server.on('clientError', refuseUnreadable);
  }

  /** Listens; answers the port. Requests get 503 until `serve` is called. */
  listen(port: number): Promise<number> {
    return listen(this.#server, port);
  }

  serve(backend: Backend, neighbours: readonly Neighbour[]): void {
    this.#backend = backend;
    this.#neighbours = neighbours;
  }

  /** Takes no more requests and waits for those under way, at most `withinMs`. */
  async close(withinMs: number): Promise<void> {
    this.#server.close();
    const givenUpAt = Date.now() + withinMs;
    while (this.#underWay > 0 && Date.now() < givenUpAt) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    this.#server.closeAllConnections();
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(incoming);
    if (!body) {
      response.setHeader('connection', 'close');
      send(response, plain(413, 'Request Entity Too Large'));
      return;
    }
    const request = {
      method: incoming.method ?? 'GET',
      target: incoming.url ?? '/',
      rawHeaders: incoming.rawHeaders,
      body,
      sourceIp: incoming.socket.remoteAddress ?? '',
      protocol: `HTTP/${incoming.httpVersion}`,
    };
    send(response, await this.#answer(request));
  }

  async #answer(request: RawRequest): Promise<RawResponse> {
    const path = pathOf(request.target);
    for (const neighbour of this.#neighbours) {
      const answer = await neighbour(request, path);
      if (answer) return answer;
    }
    if (!this.#backend) return plain(503, 'Service Unavailable');
    const began = performance.now();
    const answer = await callFunction(this.#backend, request, path);
    this.#backend.answered?.(answer.status, performance.now() - began);
    return answer;
  }
}

async function callFunction(backend: Backend, request: RawRequest, path: string): Promise<RawResponse> {
  const match = backend.route(request.method, path);
  if (!match) return plain(404, 'Not Found');
  const requestId = `${randomBytes(11).toString('base64url')}=`;
  const payload = JSON.stringify(toEvent(request, match, requestId, new Date()));
  if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES) return plain(413, 'Request Entity Too Large');
  const outcome = await within(GATEWAY.timeoutMs, backend.invoke(match.route.functionArn, payload));
  if (outcome === null) return plain(503, 'Service Unavailable');
  const answer = outcome.ok ? toResponse(outcome.payload) : null;
  if (!answer) return plain(500, 'Internal Server Error');
  return { ...answer, headers: { ...answer.headers, 'apigw-requestid': requestId } };
}

/** The result, or null if it takes longer. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The body, or null if it is larger than the gateway takes. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > GATEWAY.maxBodyBytes) return null;
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += part.length;
    if (bytes > GATEWAY.maxBodyBytes) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function plain(status: number, message: string): RawResponse {
  const body = Buffer.from(JSON.stringify({ message }));
  return { status, headers: { 'content-type': 'application/json', ...NEVER_KEPT }, body };
}

function send(response: ServerResponse, { status, headers, body }: RawResponse): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    if (name !== 'content-length' && name !== 'transfer-encoding' && name !== 'connection') {
      response.setHeader(name, value);
    }
  }
  response.end(body);
}

function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return;
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const body = JSON.stringify({ message: status.slice(4) });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncache-control: no-store\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}
