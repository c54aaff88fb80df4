import { isAscii } from 'node:buffer';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { isIP, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { DISPATCH } from '../../contract/limits.ts';
import type { SendOutcome } from '../../core/dispatch/ports.ts';
import { DeadlineError, failureOf } from './failure.ts';
import { noteKeepAlive } from './kept-sockets.ts';
import { type Opening, timingsOf } from './timings.ts';

/** Time to get a connection, TLS included, in milliseconds. */
const CONNECT_MS = 10_000;

/** How one request went. `stale`: a kept socket had died before it could carry the request. */
export type Exchange = { readonly kind: 'over'; readonly outcome: SendOutcome } | { readonly kind: 'stale' };

const STALE: Exchange = { kind: 'stale' };

/**
 * Sends the body and reads the answer, all within `timeoutMs`. Once a status was read, the status decides: a body
 * that is too long, too slow or cut off changes nothing. Tells once, and never throws.
 */
export function exchange(
  request: ClientRequest,
  body: Buffer,
  timeoutMs: number,
  tell: (made: Exchange) => void,
): void {
  const began = performance.now();
  const deadline = setTimeout(() => request.destroy(new DeadlineError('EDEADLINE')), timeoutMs);
  // A kept socket has its connection already.
  const connection = request.reusedSocket ? null : new Connection(request, timeoutMs);
  let answered = false;
  let told = false;
  const end = (made: Exchange): void => {
    clearTimeout(deadline);
    connection?.over();
    if (told) return;
    told = true;
    tell(made);
  };
  request.on('response', (response) => {
    connection?.over();
    answered = true;
    const headAt = performance.now();
    noteKeepAlive(response.socket, headerOf(response, 'keep-alive'));
    readAnswer(response, (text, truncated) => {
      const { statusCode = 0 } = response;
      const retryAfter = headerOf(response, 'retry-after');
      const endedAt = performance.now();
      const durationMs = endedAt - began;
      const timings = timingsOf(began, connection, headAt, endedAt);
      end({
        kind: 'over',
        outcome: {
          kind: 'answered',
          status: statusCode,
          retryAfter,
          body: text,
          truncated,
          durationMs,
          timings,
        },
      });
    });
  });
  request.on('error', (error) => {
    if (answered) return;
    const broken = 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
    if (broken && request.reusedSocket) return end(STALE);
    const endedAt = performance.now();
    const durationMs = endedAt - began;
    const timings = timingsOf(began, connection, null, endedAt);
    const handshaking = connection?.handshaking ?? false;
    end({
      kind: 'over',
      outcome: { kind: 'unanswered', ...failureOf(error, handshaking), durationMs, timings },
    });
  });
  request.end(body);
}

/** The first header of this name, or null. Node would make an object of all of them first. */
function headerOf({ rawHeaders }: IncomingMessage, name: string): string | null {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const other = rawHeaders[i];
    if (other?.length === name.length && other.toLowerCase() === name) return rawHeaders[i + 1] ?? null;
  }
  return null;
}

/** Watches a connection being made. */
class Connection implements Opening {
  readonly named: boolean;
  secure = false;
  lookedUpAt: number | null = null;
  connectedAt: number | null = null;
  securedAt: number | null = null;
  readonly #timer: NodeJS.Timeout;
  #handshaking = false;

  constructor(request: ClientRequest, timeoutMs: number) {
    this.#timer = setTimeout(
      () => request.destroy(new DeadlineError('ECONNECTDEADLINE')),
      Math.min(CONNECT_MS, timeoutMs),
    );
    this.named = isIP(request.host) === 0;
    request.once('socket', (socket) => this.#watch(socket));
  }

  /** Whether TLS is being set up. */
  get handshaking(): boolean {
    return this.#handshaking;
  }

  /** It is made, or no longer matters. */
  over(): void {
    this.#handshaking = false;
    clearTimeout(this.#timer);
  }

  #watch(socket: Socket): void {
    if (!socket.connecting) {
      this.over();
      return;
    }
    const secure = (socket as Partial<TLSSocket>).encrypted === true;
    this.secure = secure;
    socket.once('lookup', (error: Error | null) => {
      if (!error) this.lookedUpAt = performance.now();
    });
    socket.once('connect', () => {
      this.connectedAt = performance.now();
      if (!secure) this.over();
      this.#handshaking = secure;
    });
    if (secure) {
      socket.once('secureConnect', () => {
        this.securedAt = performance.now();
        this.over();
      });
    }
  }
}

/** Reads up to 16 KiB of the body, whatever becomes of the rest, and tells once. */
function readAnswer(response: IncomingMessage, tell: (text: string, truncated: boolean) => void): void {
  let first: Buffer | null = null;
  let more: Buffer[] | null = null;
  let length = 0;
  let told = false;
  const end = (truncated: boolean): void => {
    if (told) return;
    told = true;
    tell(first === null ? '' : decode(more === null ? first : Buffer.concat([first, ...more])), truncated);
    if (truncated) response.destroy();
  };
  const keep = (part: Buffer): void => {
    length += part.length;
    if (first === null) first = part;
    else if (more === null) more = [part];
    else more.push(part);
  };
  response.on('data', (chunk: Buffer) => {
    if (told) return;
    const rest = DISPATCH.maxResponseBodyBytes - length;
    if (chunk.length <= rest) return keep(chunk);
    keep(chunk.subarray(0, rest));
    end(true);
  });
  response.on('end', () => end(!response.complete));
  // The connection broke or the deadline passed: what was read is the answer.
  response.on('error', () => end(true));
  response.on('close', () => end(!response.complete));
}

/** Bytes as text for the log: what is not UTF-8 becomes U+FFFD, a character cut in two at the end is left out. */
function decode(bytes: Buffer): string {
  // Most answers are plain ASCII, which needs no decoder made for it.
  return isAscii(bytes) ? bytes.toString('latin1') : new TextDecoder().decode(bytes, { stream: true });
}
