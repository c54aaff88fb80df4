import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { type Credentials, refusedCredential } from '../credentials.ts';
import { refusedCaller } from './callers.ts';

export interface GuardOptions extends ServerOptions {
  /** Who may call: whoever names this access key. @default - everybody on this machine who is not a web page */
  readonly credentials?: Credentials;
}

/**
 * An HTTP server that answers 403 to web pages of other origins and, if it has credentials, to whoever does not know
 * them. Every listener of the runner is made here; `test/local/listeners.test.ts` looks for others.
 */
export function guardedServer({ credentials, ...options }: GuardOptions, answer: RequestListener): Server {
  return createServer(options, (request, response) => {
    const message =
      refusedCaller(request) ?? (credentials ? refusedCredential(credentials, request.headers) : null);
    if (message === null) {
      answer(request, response);
      return;
    }
    // What was sent is read away, or the caller may see a broken connection instead of the answer.
    request.resume();
    response
      .writeHead(403, { 'content-type': 'application/json', connection: 'close' })
      .end(JSON.stringify({ __type: 'AccessDeniedException', message }));
  });
}
