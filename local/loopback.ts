import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:net';
import { createServer } from 'node:net';

/** Everything listens here and nowhere else, or on another address of loopback. */
export const LOOPBACK = '127.0.0.1';

/** An address and a port of this machine. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Listens on loopback; port 0 takes a free one. Answers the port; throws what the system says. */
export async function listen(server: Server, port: number, host: string = LOOPBACK): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/**
 * A place that nobody uses right now and nobody can guess, for programs that must be told one and let everybody in:
 * a port of one of the 16 million addresses of loopback. A web page that tried ten thousand of them a second would
 * search for the better part of a year. Systems that have the one address 127.0.0.1 alone, such as macOS, give a port of that.
 * https://www.rfc-editor.org/rfc/rfc1122#section-3.2.1.3
 */
export async function hiddenPlace(host: string = anyLoopback()): Promise<Place> {
  try {
    return { host, port: await freePort(host) };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRNOTAVAIL')) throw error;
    return { host: LOOPBACK, port: await freePort(LOOPBACK) };
  }
}

function anyLoopback(): string {
  return `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;
}

async function freePort(host: string): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0, host);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
