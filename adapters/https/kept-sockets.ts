import { Agent, type ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { DISPATCH } from '../../contract/limits.ts';

/** Longest time a socket is kept without use while the environment is awake, in milliseconds. */
const KEEP_MS = 60_000;
/** Let go of this long before the server closes it, so that no request meets a socket that is being closed. */
const MARGIN_MS = 1_000;

/** What servers said of how long they keep a connection, in milliseconds. */
const promised = new WeakMap<Duplex, number>();

/** Bytes read from a kept socket, decrypted, before it was kept. */
const readBefore = new WeakMap<Duplex, number>();

/** Remembers what an answer's `Keep-Alive: timeout=…` says, in seconds (RFC 2068, section 19.7.1.1). */
export function noteKeepAlive(socket: Socket | null, header: string | null): void {
  if (header === null || socket === null) return;
  const [, seconds] = /\btimeout=(\d{1,9})/.exec(header) ?? [];
  if (seconds !== undefined) promised.set(socket, Number(seconds) * 1000);
}

/** Whether any byte came for the request that a kept socket carries. */
export function hasAnswered(socket: Socket | null): boolean {
  return socket !== null && socket.bytesRead > (readBefore.get(socket) ?? 0);
}

/** The sockets that agents keep for another request, bounded in time and number: Node bounds them for each origin alone. */
export class KeptSockets {
  /** The one that has been idle longest comes first. */
  readonly #idle = new Set<Socket>();

  /**
   * Makes an agent let go of sockets that lie unused. Node's own way, the option `timeout`, starts and stops a timer and
   * a listener for each request; here a socket's timer runs on, and is set anew only when the time changes.
   * https://nodejs.org/api/http.html#agentkeepsocketalivesocket
   */
  of<A extends Agent>(agent: A): A {
    agent.keepSocketAlive = (stream: Duplex): boolean => this.#keep(stream as Socket);
    agent.reuseSocket = (stream: Duplex, request: ClientRequest): void => {
      this.#idle.delete(stream as Socket);
      Agent.prototype.reuseSocket.call(agent, stream, request);
    };
    return agent;
  }

  /** Closes all that are idle. */
  close(): void {
    for (const socket of this.#idle) socket.destroy();
  }

  #keep(socket: Socket): boolean {
    const ms = Math.min(KEEP_MS, (promised.get(socket) ?? Number.POSITIVE_INFINITY) - MARGIN_MS);
    if (ms <= 0) return false;
    socket.setKeepAlive(true, MARGIN_MS);
    socket.unref();
    if (socket.timeout !== ms) socket.setTimeout(ms);
    const isNew = !readBefore.has(socket);
    readBefore.set(socket, socket.bytesRead);
    if (isNew) socket.once('close', () => this.#idle.delete(socket));
    this.#idle.add(socket);
    if (this.#idle.size > DISPATCH.maxIdleSockets) this.#closeOldest();
    return true;
  }

  #closeOldest(): void {
    const [oldest] = this.#idle;
    if (oldest === undefined) return;
    this.#idle.delete(oldest);
    oldest.destroy();
  }
}
