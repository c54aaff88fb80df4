import type { IncomingMessage } from 'node:http';
import type { Credentials } from '../credentials.ts';
import type { Faults } from '../faults.ts';
import { guardedServer } from '../http/guarded-server.ts';
import { LOOPBACK, listen } from '../loopback.ts';
import { isObject } from '../template/json.ts';
import type { DynamoServer } from './dynoxide.ts';

/**
 * Stands before a DynamoDB stand-in and lets faults strike: a throttled call, or one whose answer gets lost. Only for
 * tests, because each call takes a detour.
 */
export async function faultyTables(
  behind: DynamoServer,
  faults: Faults,
  credentials: Credentials,
): Promise<DynamoServer> {
  const server = guardedServer({ credentials }, (request, response) => {
    pass(request, behind.url, faults).then(
      ({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body),
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  });
  const port = await listen(server, 0);
  return {
    url: `http://${LOOPBACK}:${port}`,
    canBeFound: behind.canBeFound,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await behind.close();
    },
  };
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function pass(request: IncomingMessage, url: string, faults: Faults): Promise<Answer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts).toString();
  const target = String(request.headers['x-amz-target']);
  const operation = target.replace(/^.*\./, '');
  const tables = tablesIn(body);
  const strikes = (kind: 'throttle' | 'lost-answer'): boolean =>
    tables.some((table) => faults.strike(kind, table, operation) !== null);
  if (strikes('throttle')) return failure(400, 'ThrottlingException', 'Rate exceeded');
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': target,
      'x-amz-date': String(request.headers['x-amz-date']),
      authorization: String(request.headers.authorization),
    },
    body,
  });
  const answered = { status: answer.status, body: await answer.text() };
  return strikes('lost-answer') ? failure(500, 'InternalServerError', 'The answer got lost.') : answered;
}

/** The tables a call is about. */
function tablesIn(body: string): readonly string[] {
  const input: unknown = body === '' ? {} : JSON.parse(body);
  if (!isObject(input)) return [];
  if (typeof input.TableName === 'string') return [input.TableName];
  if (isObject(input.RequestItems)) return Object.keys(input.RequestItems);
  const named = JSON.stringify(input.TransactItems ?? []).matchAll(/"TableName":"([^"]+)"/g);
  return [...new Set([...named].map((match) => match[1] ?? ''))];
}

function failure(status: number, code: string, message: string): Answer {
  return { status, body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message }) };
}
