import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { listen } from '../../local/loopback.ts';

export interface SinkOptions {
  /** How many ports, each an origin of its own. */
  readonly origins: number;
  /** Certificate and key, for https. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Closes each connection after one answer. */
  readonly once?: boolean;
  /** What it answers instead of 200: nothing at all, or that it switches protocols. */
  readonly answers?: 'never' | '101';
  /** Lets clients resume TLS sessions. */
  readonly resumption?: boolean;
  /** Keeps every so-many-th request whole. */
  readonly keepOneIn: number;
}

/** What a sink was sent. */
export interface SinkCounts {
  readonly requests: number;
  readonly connections: number;
  /** Connections that resumed a TLS session. */
  readonly resumed: number;
  /** Whole requests, byte for byte (latin1). */
  readonly kept: readonly string[];
  /** When each of these was complete, in epoch milliseconds. */
  readonly keptAt: readonly number[];
}

/** An answer like those of real endpoints: a short JSON body and the usual headers. */
function answer(once: boolean): Buffer {
  const body = '{"ok":true}';
  const lines = [
    'HTTP/1.1 200 OK',
    'content-type: application/json; charset=utf-8',
    `content-length: ${body.length}`,
    'date: Fri, 02 Jan 2026 03:04:05 GMT',
    'server: sink',
    'cache-control: no-store',
    'x-request-id: 01JGJ0000000000000000000000',
    'vary: accept-encoding',
    `connection: ${once ? 'close' : 'keep-alive'}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

const SWITCHING = Buffer.from(
  'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n',
);

/** A receiver that costs so little that it never holds up what is measured: it only finds where requests end. */
export class Sink {
  readonly #options: SinkOptions;
  readonly #answer: Buffer;
  #requests = 0;
  #connections = 0;
  #resumed = 0;
  #kept: string[] = [];
  #keptAt: number[] = [];

  constructor(options: SinkOptions) {
    this.#options = options;
    this.#answer = answer(options.once === true);
  }

  /** Starts listening on loopback; answers the ports. */
  async start(): Promise<readonly number[]> {
    const { origins, tls, resumption } = this.#options;
    const ports: number[] = [];
    for (let i = 0; i < origins; i++) {
      const server = tls
        ? createTlsServer({ ...tls, ...(resumption === false ? NO_RESUMPTION : {}) }, (socket) => {
            if (socket.isSessionReused()) this.#resumed++;
            this.#serve(socket);
          })
        : createServer((socket) => this.#serve(socket));
      if (tls) server.on('tlsClientError', (error: Error) => process.stderr.write(`${error.message}\n`));
      ports.push(await listen(server, 0));
    }
    return ports;
  }

  /** What came since the last time this was asked. */
  take(): SinkCounts {
    const counts = {
      requests: this.#requests,
      connections: this.#connections,
      resumed: this.#resumed,
      kept: this.#kept,
      keptAt: this.#keptAt,
    };
    this.#requests = 0;
    this.#connections = 0;
    this.#resumed = 0;
    this.#kept = [];
    this.#keptAt = [];
    return counts;
  }

  #serve(socket: Socket): void {
    this.#connections++;
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    let rest: Buffer | null = null;
    socket.on('data', (chunk) => {
      let bytes = rest === null ? chunk : Buffer.concat([rest, chunk]);
      for (;;) {
        const end = endOfRequest(bytes);
        if (end > bytes.length) break;
        this.#count(bytes, end);
        this.#reply(socket);
        bytes = bytes.subarray(end);
      }
      rest = bytes.length === 0 ? null : bytes;
    });
  }

  #reply(socket: Socket): void {
    if (this.#options.answers === 'never') return;
    if (this.#options.answers === '101') socket.write(SWITCHING);
    else if (this.#options.once) socket.end(this.#answer);
    else socket.write(this.#answer);
  }

  #count(bytes: Buffer, end: number): void {
    if (this.#requests++ % this.#options.keepOneIn !== 0) return;
    this.#kept.push(bytes.toString('latin1', 0, end));
    this.#keptAt.push(Date.now());
  }
}

const NO_RESUMPTION = { secureOptions: 0x4000 /* SSL_OP_NO_TICKET */, sessionTimeout: 1 };
const HEADERS_END = Buffer.from('\r\n\r\n');
const LENGTH = Buffer.from('content-length: ');

/** Where the first request ends; beyond the bytes while it is not complete. */
function endOfRequest(bytes: Buffer): number {
  const head = bytes.indexOf(HEADERS_END);
  if (head < 0) return Number.POSITIVE_INFINITY;
  const at = bytes.indexOf(LENGTH);
  if (at < 0 || at > head) return head + HEADERS_END.length;
  let length = 0;
  for (let i = at + LENGTH.length; bytes[i] !== 0x0d; i++) length = length * 10 + (bytes[i] ?? 0) - 0x30;
  return head + HEADERS_END.length + length;
}
