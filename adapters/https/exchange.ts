import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SendResult } from '../../core/dispatch/ports.ts';
import { NameError } from '../names/name-error.ts';
import { type Cut, readBody } from './answer-body.ts';
import { Connection } from './connection.ts';
import { DeadlineError, failureOf, MisansweredError, resetError } from './failure.ts';
import type { GuardedLookup } from './guarded-lookup.ts';
import { hasAnswered, noteKeepAlive } from './kept-sockets.ts';
import { timingsOf } from './timings.ts';

/** How one request went. `stale`: a kept socket had died before it could carry the request. */
export type Exchange = { readonly kind: 'over'; readonly outcome: SendResult } | { readonly kind: 'stale' };

const NOT_STARTED: Exchange = { kind: 'over', outcome: { kind: 'not-started' } };
const STALE: Exchange = { kind: 'stale' };

/** Informational answers that are passed over; more are a way of never answering. */
const MAX_INFORMATIONAL = 32;

/**
 * Sends the body and reads the answer, all within `timeoutMs`. Once a status was read, the status decides: a body
 * that is too long, too slow or cut off changes nothing. Tells once, and never throws.
 *
 * Every way in which Node lets a request end is listened to, and the deadline ends the exchange by itself, whatever the
 * socket does or leaves undone. What is not kept for another request is closed.
 */
export function exchange(
  request: ClientRequest,
  lookup: GuardedLookup,
  body: Buffer,
  timeoutMs: number,
  tell: (made: Exchange) => void,
): void {
  const began = performance.now();
  let cut: Cut | null = null;
  let told = false;
  let informational = 0;
  const end = (made: Exchange): void => {
    clearTimeout(deadline);
    connection?.over();
    if (told) return;
    told = true;
    tell(made);
  };
  /** No answer will come, or none that counts. */
  const fail = (error: Error): void => {
    if (told) return;
    const cause = connection?.causeOf(error) ?? error;
    if (cause instanceof NameError && cause.fault === 'not-asked') end(NOT_STARTED);
    else {
      const endedAt = performance.now();
      const durationMs = endedAt - began;
      const timings = timingsOf(began, connection, null, endedAt);
      const failure = failureOf(cause, connection?.stage ?? 'ready');
      end({ kind: 'over', outcome: { kind: 'unanswered', ...failure, durationMs, timings } });
    }
    request.destroy();
  };
  const deadline = setTimeout(() => (cut === null ? fail(new DeadlineError()) : cut()), timeoutMs);
  // A kept socket has its connection already.
  const connection = request.reusedSocket ? null : new Connection(request, lookup, timeoutMs, fail);

  request.on('response', (response) => {
    connection?.over();
    const { statusCode: status = 0 } = response;
    if (status < 200 || status > 599) return fail(new MisansweredError(wrongStatus(status)));
    const headAt = performance.now();
    noteKeepAlive(response.socket, headerOf(response, 'keep-alive'));
    cut = readBody(response, (text, truncated) => {
      const endedAt = performance.now();
      end({
        kind: 'over',
        outcome: {
          kind: 'answered',
          status,
          retryAfter: headerOf(response, 'retry-after'),
          body: text,
          truncated,
          durationMs: endedAt - began,
          timings: timingsOf(began, connection, headAt, endedAt),
        },
      });
      closeUnlessKept(request);
    });
  });
  request.on('information', () => {
    if (++informational > MAX_INFORMATIONAL) fail(new MisansweredError('EINFORMATIONAL'));
  });
  // The socket is ours from here on.
  const switched = (_answer: IncomingMessage, socket: Duplex): void => {
    socket.destroy();
    fail(new MisansweredError('EUPGRADE'));
  };
  request.on('upgrade', switched);
  request.on('connect', switched);
  request.on('error', (error) => {
    if (cut !== null) return;
    const broken = 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
    if (broken && request.reusedSocket && !hasAnswered(request.socket)) return end(STALE);
    fail(error);
  });
  request.on('close', () => {
    if (told) return;
    if (cut === null) fail(resetError());
    // What was read of the body may still be on its way.
    else setImmediate(cut);
  });
  request.end(body);
}

function wrongStatus(status: number): 'EUPGRADE' | 'ESTATUS' {
  return status === 101 ? 'EUPGRADE' : 'ESTATUS';
}

/**
 * A server may answer before it has read the request, and never read it: the connection would wait for that for ever.
 * One that is not kept has had its farewell by the next turn of the event loop.
 */
function closeUnlessKept(request: ClientRequest): void {
  if (!request.writableFinished) request.destroy();
  else if (!request.shouldKeepAlive) setImmediate(() => request.socket?.destroy());
}

/** The first header of this name, or null. Node would make an object of all of them first. */
function headerOf({ rawHeaders }: IncomingMessage, name: string): string | null {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const other = rawHeaders[i];
    if (other?.length === name.length && other.toLowerCase() === name) return rawHeaders[i + 1] ?? null;
  }
  return null;
}
