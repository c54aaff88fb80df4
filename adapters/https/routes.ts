import {
  type DestinationPolicy,
  hostOf,
  judgeUrl,
  policyFor,
  portOf,
} from '../../core/dispatch/destination-url.ts';

/** Where a URL leads, as Node's client wants to be told. */
export interface Route {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Value of the `host` header. */
  readonly hostHeader: string;
  /** By which the addresses of the host are judged. */
  readonly policy: DestinationPolicy;
}

/** Bounded by starting over: a warm environment sees the same few thousand URLs again and again. */
const MAX_ROUTES = 5_000;

/**
 * Judges URLs by the policy in force, although they were judged when stored: rows may be older than a rule. The verdict
 * depends on the text and the policy alone, so it is kept; the addresses behind a name are judged at each connection.
 */
export class Routes {
  readonly #policy: DestinationPolicy;
  readonly #known = new Map<string, Route | null>();

  constructor(policy: DestinationPolicy) {
    this.#policy = policy;
  }

  /** The way to a URL; null if it must not be gone. */
  to(url: string): Route | null {
    const known = this.#known.get(url);
    if (known !== undefined) return known;
    if (this.#known.size >= MAX_ROUTES) this.#known.clear();
    const route = this.#find(url);
    this.#known.set(url, route);
    return route;
  }

  #find(text: string): Route | null {
    const verdict = judgeUrl(text, this.#policy);
    if (verdict.kind === 'refused') return null;
    const { url } = verdict;
    return {
      secure: url.protocol === 'https:',
      host: hostOf(url),
      port: portOf(url),
      path: `${url.pathname}${url.search}`,
      hostHeader: url.host,
      policy: policyFor(url, this.#policy),
    };
  }
}
