import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A server that answers with whatever bytes a test wants, and remembers what it was sent. */
export interface RawReceiver {
  readonly port: number;
  readonly url: string;
  /** Connections made to it. */
  connections(): number;
  /** Connections that are open now. */
  open(): number;
  /** Everything received, one text per connection. */
  received(): readonly string[];
  close(): Promise<void>;
}

/** Starts a receiver on loopback. `answer` is called once a request has come in whole. */
export async function startRawReceiver(
  answer: (socket: Socket, request: string, connection: number) => void,
): Promise<RawReceiver> {
  const texts: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const index = texts.push('') - 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A client that hangs up half-way is part of what is tested.
    socket.on('error', () => socket.destroy());
    let pending = '';
    socket.on('data', (chunk) => {
      texts[index] += chunk.toString('latin1');
      pending += chunk.toString('latin1');
      const end = pending.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(pending)?.[1] ?? 0);
      if (end < 0 || pending.length < end + 4 + length) return;
      const request = pending;
      pending = '';
      answer(socket, request, index + 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/hook`,
    connections: () => texts.length,
    open: () => sockets.size,
    received: () => texts,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
