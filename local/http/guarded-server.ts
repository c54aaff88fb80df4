import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { type Credentials, refusedCredential } from '../credentials.ts';
import { refusedCaller } from './callers.ts';
import { NEVER_KEPT } from './payload.ts';

export interface GuardOptions extends ServerOptions {
  /** Who may call: whoever names this access key. @default - everybody on this machine who is not a web page */
  readonly credentials?: Credentials;
}

/**
 * An HTTP server that answers 400 to two `Host` headers, and 403 to web pages of other origins and, if it has credentials,
 * to whoever does not know them. Every listener of the runner is made here; `test/local/listeners.test.ts` looks for others.
 */
export function guardedServer({ credentials, ...options }: GuardOptions, answer: RequestListener): Server {
  return createServer(options, (request, response) => {
    const hosts = request.headersDistinct.host ?? [];
    const message =
      refusedCaller(request) ?? (credentials ? refusedCredential(credentials, request.headers) : null);
    // Which of two would count, another server on the way may see differently. RFC 9112 section 3.2.
    if (hosts.length > 1) refuse(request, response, 400, 'There should be one Host header.');
    else if (message !== null) refuse(request, response, 403, message);
    else answer(request, response);
  });
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: 400 | 403,
  message: string,
): void {
  // What was sent is read away, or the caller may see a broken connection instead of the answer.
  request.resume();
  const __type = status === 403 ? 'AccessDeniedException' : 'ValidationException';
  response
    .writeHead(status, { 'content-type': 'application/json', ...NEVER_KEPT, connection: 'close' })
    .end(JSON.stringify({ __type, message }));
}
