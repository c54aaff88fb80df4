import { once } from 'node:events';
import type { Server } from 'node:net';
import { createServer } from 'node:net';

/** Everything listens here and nowhere else. */
export const LOOPBACK = '127.0.0.1';

/** Listens on loopback; port 0 takes a free one. Answers the port; throws what the system says. */
export async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** A port nobody uses right now, for programs that must be told one. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
