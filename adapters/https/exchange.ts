import type { ClientRequest, IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { DISPATCH } from '../../contract/limits.ts';
import type { SendOutcome } from '../../core/dispatch/ports.ts';
import { DeadlineError, failureOf } from './failure.ts';

/** Time to get a connection, TLS included, in milliseconds. */
const CONNECT_MS = 10_000;

/** How one request went. `stale`: a kept socket had died before it could carry the request. */
export type Exchange = { readonly kind: 'over'; readonly outcome: SendOutcome } | { readonly kind: 'stale' };

/**
 * Sends the body and reads the answer, all within `timeoutMs`. Once a status was read, the status decides: a body
 * that is too long, too slow or cut off changes nothing. Never rejects.
 */
export function exchange(request: ClientRequest, body: Buffer, timeoutMs: number): Promise<Exchange> {
  const began = performance.now();
  return new Promise((resolve) => {
    let handshaking = false;
    let answered = false;
    const deadline = setTimeout(() => request.destroy(new DeadlineError('EDEADLINE')), timeoutMs);
    const connect = setTimeout(
      () => request.destroy(new DeadlineError('ECONNECTDEADLINE')),
      Math.min(CONNECT_MS, timeoutMs),
    );
    const end = (made: Exchange): void => {
      clearTimeout(deadline);
      clearTimeout(connect);
      resolve(made);
    };
    const connected = (): void => {
      handshaking = false;
      clearTimeout(connect);
    };
    request.once('socket', (socket) => {
      if (!socket.connecting) return connected();
      const secure = (socket as Partial<TLSSocket>).encrypted === true;
      socket.once('connect', () => {
        if (!secure) connected();
        handshaking = secure;
      });
      if (secure) socket.once('secureConnect', connected);
    });
    request.once('response', (response) => {
      connected();
      answered = true;
      void readAnswer(response, deadline).then(({ text, truncated }) => {
        const { statusCode = 0, headers } = response;
        const retryAfter = headers['retry-after'] ?? null;
        const durationMs = performance.now() - began;
        end({
          kind: 'over',
          outcome: { kind: 'answered', status: statusCode, retryAfter, body: text, truncated, durationMs },
        });
      });
    });
    request.on('error', (error) => {
      if (answered) return;
      const broken = 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      if (broken && request.reusedSocket) return end({ kind: 'stale' });
      const durationMs = performance.now() - began;
      end({ kind: 'over', outcome: { kind: 'unanswered', ...failureOf(error, handshaking), durationMs } });
    });
    request.end(body);
  });
}

/** Reads up to 16 KiB of the body, whatever becomes of the rest. */
function readAnswer(
  response: IncomingMessage,
  deadline: NodeJS.Timeout,
): Promise<{ readonly text: string; readonly truncated: boolean }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (truncated: boolean): void => {
      clearTimeout(deadline);
      resolve({ text: decode(Buffer.concat(chunks)), truncated });
      if (truncated) response.destroy();
    };
    response.on('data', (chunk: Buffer) => {
      const rest = DISPATCH.maxResponseBodyBytes - length;
      if (chunk.length <= rest) {
        chunks.push(chunk);
        length += chunk.length;
        return;
      }
      chunks.push(chunk.subarray(0, rest));
      end(true);
    });
    response.once('end', () => end(!response.complete));
    // The connection broke or the deadline passed: what was read is the answer.
    response.once('error', () => end(true));
    response.once('close', () => end(!response.complete));
  });
}

/** Bytes as text for the log: what is not UTF-8 becomes U+FFFD, a character cut in two at the end is left out. */
function decode(bytes: Buffer): string {
  return new TextDecoder().decode(bytes, { stream: true });
}
