import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { HostilePeer } from './hostile-peers.ts';
import { certificateFile } from './loopback-destination.ts';

export interface HostileServer {
  readonly url: string;
  /** Path of the URL, which no other has. */
  readonly path: string;
  /** Connections made to it. */
  connections(): number;
  close(): void;
}

/** Starts the server of a peer on loopback. */
export async function startHostileServer(peer: HostilePeer): Promise<HostileServer> {
  const { tls } = peer;
  let connections = 0;
  const sockets = new Set<Socket>();
  const begin = (socket: Socket): void => {
    // A client that hangs up is what is tested.
    socket.on('error', () => socket.destroy());
    serveHealthy(socket, peer.healthyFirst ?? 0, () => peer.serve(socket));
  };
  const secure = { key: certificateFile('good.key'), cert: certificateFile('good.pem') };
  const server: Server = tls === 'done' ? createTlsServer(secure, begin) : createServer(begin);
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const path = `/${port}`;
  return {
    url: `${tls === undefined ? 'http://127.0.0.1' : 'https://good.localhost'}:${port}${path}`,
    path,
    connections: () => connections,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Answers some requests, each of which ends with an `x`, as they should be answered. */
function serveHealthy(socket: Socket, requests: number, then: () => void): void {
  if (requests === 0) {
    then();
    return;
  }
  let left = requests;
  const next = (part: Buffer): void => {
    if (part.at(-1) !== 'x'.charCodeAt(0)) return;
    if (--left === 0) {
      socket.off('data', next);
      then();
    }
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
  };
  socket.on('data', next);
}
