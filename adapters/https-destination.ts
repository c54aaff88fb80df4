import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { DISPATCH } from '../contract/limits.ts';
import type { Clock } from '../core/clock.ts';
import { type DestinationPolicy, hostOf, judgeUrl, portOf } from '../core/dispatch/destination-url.ts';
import type { Destination, OutgoingRequest, SendOutcome } from '../core/dispatch/ports.ts';
import { type Exchange, exchange } from './https/exchange.ts';
import { failureOf } from './https/failure.ts';
import { BlockedError, guardedLookup, type ResolveAll, resolveBySystem } from './https/guarded-lookup.ts';

export interface HttpsDestinationOptions {
  readonly policy: DestinationPolicy;
  readonly clock: Clock;
  readonly resolve?: ResolveAll;
  /** Certificate authorities to trust instead of the usual ones. */
  readonly ca?: SecureContextOptions['ca'];
}

/** Longest time a socket is kept without use while the environment is awake, in milliseconds. */
const KEEP_MS = 60_000;
/** A pause longer than this may have been a freeze, and a frozen socket is often dead. */
const FREEZE_MS = 5_000;
/** Time for each address of a host before the next one is tried as well (RFC 8305), in milliseconds. */
const NEXT_ADDRESS_MS = 1_000;

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
  readonly #policy: DestinationPolicy;
  readonly #clock: Clock;
  readonly #resolve: ResolveAll;
  readonly #kept: Agents;
  readonly #once: Agents;
  #running = 0;
  #lastUse = 0;

  constructor({ policy, clock, resolve = resolveBySystem, ca }: HttpsDestinationOptions) {
    this.#policy = policy;
    this.#clock = clock;
    this.#resolve = resolve;
    const secureContext = createSecureContext(ca === undefined ? {} : { ca });
    const socket = { autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS };
    const keep = {
      keepAlive: true,
      timeout: KEEP_MS,
      maxFreeSockets: DISPATCH.maxOpenSockets,
      scheduling: 'lifo' as const,
    };
    this.#kept = {
      http: new HttpAgent({ ...socket, ...keep }),
      https: new HttpsAgent({ ...socket, ...keep, secureContext, maxCachedSessions: 2_000 }),
    };
    this.#once = { http: new HttpAgent(socket), https: new HttpsAgent({ ...socket, secureContext }) };
  }

  async send(request: OutgoingRequest): Promise<SendOutcome> {
    // Judged again although it was judged when stored: rows may be older than a rule.
    const verdict = judgeUrl(request.url, this.#policy);
    if (verdict.kind === 'refused') return unanswered(new BlockedError());
    this.#dropFrozen();
    this.#running++;
    try {
      return await this.#exchange(verdict.url, request);
    } catch (error) {
      return unanswered(error);
    } finally {
      this.#running--;
      this.#lastUse = this.#clock.now();
    }
  }

  /** Closes every kept socket. */
  close(): void {
    for (const agent of [this.#kept.http, this.#kept.https, this.#once.http, this.#once.https])
      agent.destroy();
  }

  async #exchange(url: URL, request: OutgoingRequest): Promise<SendOutcome> {
    const began = performance.now();
    const first = await this.#try(url, request, this.#kept, request.timeoutMs);
    if (first.kind === 'over') return first.outcome;
    // The server had closed the kept socket: nothing was read, so the request goes once more, on a new one.
    const left = Math.max(1, request.timeoutMs - (performance.now() - began));
    const second = await this.#try(url, request, this.#once, left);
    if (second.kind === 'stale') return unanswered(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    return { ...second.outcome, durationMs: performance.now() - began };
  }

  #try(url: URL, { headers, body }: OutgoingRequest, agents: Agents, timeoutMs: number): Promise<Exchange> {
    const secure = url.protocol === 'https:';
    const port = portOf(url);
    const options = {
      method: 'POST',
      host: hostOf(url),
      port,
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, host: url.host },
      lookup: guardedLookup(this.#policy, port, this.#resolve),
      maxHeaderSize: DISPATCH.maxResponseHeaderBytes,
    };
    const made = secure
      ? httpsRequest({ ...options, agent: agents.https })
      : httpRequest({ ...options, agent: agents.http });
    return exchange(made, body, timeoutMs);
  }

  /** Lets go of idle sockets after a pause: the first write on a dead one would cost a resend. */
  #dropFrozen(): void {
    if (this.#running > 0 || this.#clock.now() - this.#lastUse <= FREEZE_MS) return;
    for (const agent of [this.#kept.http, this.#kept.https]) {
      for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
    }
  }
}

function unanswered(error: unknown): SendOutcome {
  return { kind: 'unanswered', ...failureOf(error, false), durationMs: 0 };
}
