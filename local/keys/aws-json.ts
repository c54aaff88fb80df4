import type { IncomingMessage } from 'node:http';
import type { Credentials } from '../credentials.ts';
import { guardedServer } from '../http/guarded-server.ts';
import { LOOPBACK, listen } from '../loopback.ts';
import { isObject, type Json } from '../template/json.ts';

/** An error in the words of the service. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Operations by their `x-amz-target`. */
export type Operations = Readonly<Record<string, (input: Json) => object>>;

export interface ServiceServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves operations in the AWS JSON 1.1 protocol on a free loopback port, to whoever has the credentials.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export async function startServices(
  operations: Operations,
  credentials: Credentials,
): Promise<ServiceServer> {
  const server = guardedServer({ credentials }, (request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    };
    readJson(request)
      .then((input) => perform(operations, String(request.headers['x-amz-target']), input))
      .then(
        (output) => answer(200, output),
        (error: unknown) => {
          const known = error instanceof ServiceError;
          answer(known ? 400 : 500, {
            __type: known ? error.code : 'InternalFailure',
            message: error instanceof Error ? error.message : String(error),
          });
        },
      );
  });
  const port = await listen(server, 0);
  return {
    url: `http://${LOOPBACK}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function perform(operations: Operations, target: string, input: Json): object {
  const operation = operations[target];
  if (!operation) throw new ServiceError('UnknownOperationException', `the runner does not know ${target}`);
  return operation(input);
}

async function readJson(request: IncomingMessage): Promise<Json> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const body: unknown = JSON.parse(Buffer.concat(parts).toString() || '{}');
  if (!isObject(body)) throw new ServiceError('SerializationException', 'the body should be an object');
  return body;
}
