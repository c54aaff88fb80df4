import { createServer, type Socket } from 'node:net';
import { LOOPBACK, listen } from '../../local/loopback.ts';
import { MODEL } from './model.ts';

/** Origins that subscribers are spread over. */
const ORIGINS = 100;
const HEADER_END = '\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n{"received":1}\n';
const UNAVAILABLE = 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n';

/** Subscribers' endpoints, which answer as `MODEL` says. */
export interface Endpoints {
  /** The address of the `i`th subscriber. */
  url(i: number): string;
  /** Requests and bytes that came in since the last `reset`. */
  readonly seen: { requests: number; bytes: number };
  /** How long answers take: as in the model, or not at all. */
  slow: boolean;
  /** Answers this many of the next requests with 503. */
  failing: number;
  reset(): void;
  close(): Promise<void>;
}

/** Starts endpoints on loopback, by hand on `node:net` so that they take as little of the machine as can be. */
export async function startEndpoints(): Promise<Endpoints> {
  const sockets = new Set<Socket>();
  const endpoints = { slow: false, failing: 0, seen: { requests: 0, bytes: 0 } };
  const answer = (socket: Socket): void => {
    endpoints.seen.requests++;
    const text = endpoints.failing > 0 ? UNAVAILABLE : OK;
    if (endpoints.failing > 0) endpoints.failing--;
    const late = endpoints.seen.requests % 100 === 50;
    const delay = endpoints.slow ? (late ? MODEL.slowEndpointMs : MODEL.endpointMs) : 0;
    if (delay === 0) socket.write(text);
    else setTimeout(() => socket.write(text), delay);
  };
  const servers = Array.from({ length: ORIGINS }, () =>
    createServer({ noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      let pending = '';
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        pending += chunk;
        for (;;) {
          const size = sizeOf(pending);
          if (size === null) return;
          endpoints.seen.bytes += size;
          pending = pending.slice(size);
          answer(socket);
        }
      });
    }),
  );
  const ports = await Promise.all(servers.map((server) => listen(server, 0)));
  return Object.assign(endpoints, {
    url: (i: number) => `http://${LOOPBACK}:${ports[i % ORIGINS]}/webhooks/${i}`,
    reset: () => {
      endpoints.seen = { requests: 0, bytes: 0 };
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  });
}

/** Bytes of the first request in a text; null if it is not there whole. */
function sizeOf(text: string): number | null {
  const end = text.indexOf(HEADER_END);
  if (end < 0) return null;
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
  const size = end + HEADER_END.length + length;
  return text.length < size ? null : size;
}
