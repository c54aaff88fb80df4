import { type ClientRequest, Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { DISPATCH } from '../contract/limits.ts';
import type { Clock } from '../core/clock.ts';
import type { DestinationPolicy } from '../core/dispatch/destination-url.ts';
import type { Destination, OutgoingRequest, SendOutcome, SendResult } from '../core/dispatch/ports.ts';
import { type Exchange, exchange } from './https/exchange.ts';
import { failureOf, resetError } from './https/failure.ts';
import { BlockedError, GuardedLookup } from './https/guarded-lookup.ts';
import { KeptSockets } from './https/kept-sockets.ts';
import { type Route, Routes } from './https/routes.ts';
import { Names } from './names/names.ts';

export interface HttpsDestinationOptions {
  readonly policy: DestinationPolicy;
  readonly clock: Clock;
  /** What is known of names; its own, unless it is to be shared. */
  readonly names?: Pick<Names, 'find'>;
  /** Certificate authorities to trust instead of the usual ones. */
  readonly ca?: SecureContextOptions['ca'];
}

/** A pause longer than this may have been a freeze, and a frozen socket is often dead. */
const FREEZE_MS = 5_000;
/**
 * Time for each address of a host until the next one is tried, in milliseconds. Node gives the first one up for it and does
 * not let them race as RFC 8305 does, so it is long enough for a lost packet to be sent again, which takes a second.
 */
const NEXT_ADDRESS_MS = 2_000;

/** Agents whose sockets may be used again, or used once. */
interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/**
 * Subscribers over HTTP/1.1, by Node's own client: it parses strictly, follows no redirect and decodes nothing.
 * Sockets and TLS sessions are kept, because a new TLS connection costs as much as dozens of requests.
 */
export class HttpsDestination implements Destination {
  readonly #clock: Clock;
  readonly #names: Pick<Names, 'find'>;
  readonly #routes: Routes;
  readonly #idle = new KeptSockets();
  readonly #kept: Agents;
  readonly #once: Agents;
  #running = 0;
  #lastUse = 0;

  constructor({ policy, clock, names = new Names({ clock }), ca }: HttpsDestinationOptions) {
    this.#clock = clock;
    this.#names = names;
    this.#routes = new Routes(policy);
    const secureContext = createSecureContext(ca === undefined ? {} : { ca });
    const socket = { autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS };
    const keep = {
      keepAlive: true,
      maxFreeSockets: DISPATCH.maxIdleSockets,
      scheduling: 'lifo' as const,
    };
    this.#kept = {
      http: this.#idle.of(new HttpAgent({ ...socket, ...keep })),
      https: this.#idle.of(new HttpsAgent({ ...socket, ...keep, secureContext, maxCachedSessions: 2_000 })),
    };
    this.#once = { http: new HttpAgent(socket), https: new HttpsAgent({ ...socket, secureContext }) };
  }

  send(request: OutgoingRequest): Promise<SendResult> {
    const route = this.#routes.to(request.url);
    if (route === null) return Promise.resolve(unanswered(new BlockedError()));
    this.#dropFrozen();
    this.#running++;
    // One promise, whatever happens: a busy environment makes thousands of these a second.
    return new Promise((resolve) => {
      const over = (outcome: SendResult): void => {
        this.#running--;
        this.#lastUse = this.#clock.now();
        resolve(outcome);
      };
      const began = performance.now();
      this.#try(route, request, this.#kept, request.timeoutMs, (first) => {
        if (first.kind === 'over') over(first.outcome);
        else this.#again(route, request, began, over);
      });
    });
  }

  /** Closes every kept socket. */
  close(): void {
    for (const agent of [this.#kept.http, this.#kept.https, this.#once.http, this.#once.https])
      agent.destroy();
  }

  /** The server had closed the kept socket: nothing was read, so the request goes once more, on a new one. */
  #again(route: Route, request: OutgoingRequest, began: number, over: (outcome: SendResult) => void): void {
    const left = Math.max(1, request.timeoutMs - (performance.now() - began));
    this.#try(route, request, this.#once, left, (second) => {
      if (second.kind === 'stale') return over(unanswered(resetError()));
      const { outcome } = second;
      // The first time it did leave.
      if (outcome.kind === 'not-started') return over(unanswered(resetError()));
      over({ ...outcome, durationMs: performance.now() - began });
    });
  }

  #try(
    { secure, host, port, path, hostHeader, policy }: Route,
    { tenant, headers, body }: OutgoingRequest,
    agents: Agents,
    timeoutMs: number,
    tell: (made: Exchange) => void,
  ): void {
    const guarded = new GuardedLookup(this.#names, tenant, policy, port);
    const options = {
      method: 'POST',
      host,
      port,
      path,
      headers: flat(headers, hostHeader),
      lookup: guarded.lookup,
      maxHeaderSize: DISPATCH.maxResponseHeaderBytes,
      agent: secure ? agents.https : agents.http,
    };
    let made: ClientRequest;
    try {
      made = secure ? httpsRequest(options) : httpRequest(options);
    } catch (error) {
      // A header that cannot be sent.
      tell({ kind: 'over', outcome: unanswered(error) });
      return;
    }
    exchange(made, guarded, body, timeoutMs, tell);
  }

  /** Lets go of idle sockets after a pause: the first write on a dead one would cost a resend. */
  #dropFrozen(): void {
    if (this.#running === 0 && this.#clock.now() - this.#lastUse > FREEZE_MS) this.#idle.close();
  }
}

function unanswered(error: unknown): SendOutcome {
  return { kind: 'unanswered', ...failureOf(error, 'ready'), durationMs: 0, timings: null };
}

/** Headers as a flat list, which Node writes as it is; from an object it would first build a map of its own. */
function flat(headers: Readonly<Record<string, string>>, host: string): string[] {
  const names = Object.keys(headers);
  const list = new Array<string>(2 * names.length + 2);
  let at = 0;
  for (const name of names) {
    list[at++] = name;
    list[at++] = headers[name] ?? '';
  }
  list[at++] = 'host';
  list[at] = host;
  return list;
}
