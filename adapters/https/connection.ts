import type { ClientRequest } from 'node:http';
import { isIP, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { NameError } from '../names/name-error.ts';
import { DeadlineError, type Stage } from './failure.ts';
import type { GuardedLookup } from './guarded-lookup.ts';
import type { Opening } from './timings.ts';

/** Time to get a connection, TLS included, in milliseconds. */
const CONNECT_MS = 10_000;

/** Watches a connection being made, and gives it up when it takes too long. */
export class Connection implements Opening {
  readonly named: boolean;
  secure = false;
  connectedAt: number | null = null;
  securedAt: number | null = null;
  readonly #lookup: GuardedLookup;
  readonly #timer: NodeJS.Timeout;
  #stage: Stage = 'connecting';

  constructor(
    request: ClientRequest,
    lookup: GuardedLookup,
    timeoutMs: number,
    giveUp: (error: Error) => void,
  ) {
    this.#lookup = lookup;
    this.#timer = setTimeout(() => giveUp(new DeadlineError()), Math.min(CONNECT_MS, timeoutMs));
    this.named = isIP(request.host) === 0;
    request.once('socket', (socket) => this.#watch(socket));
  }

  /** What made it fail: a deadline that passes while a name is looked up is about the name. */
  causeOf(error: Error): Error {
    const fault = error instanceof DeadlineError ? this.#lookup.faultNow : null;
    return fault === null ? error : new NameError(fault);
  }

  get lookedUpAt(): number | null {
    return this.#lookup.endedAt;
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** It is made, or no longer matters. */
  over(): void {
    clearTimeout(this.#timer);
    this.#lookup.stop();
  }

  #watch(socket: Socket): void {
    if (!socket.connecting) {
      this.#ready();
      return;
    }
    const secure = (socket as Partial<TLSSocket>).encrypted === true;
    this.secure = secure;
    socket.once('connect', () => {
      this.connectedAt = performance.now();
      if (secure) this.#stage = 'securing';
      else this.#ready();
    });
    if (secure) {
      socket.once('secureConnect', () => {
        this.securedAt = performance.now();
        this.#ready();
      });
    }
  }

  #ready(): void {
    this.#stage = 'ready';
    this.over();
  }
}
