import { lookup } from 'node:dns/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Resolver } from '../core/manage/destination-check.ts';

/** Longest wait for a name server, in milliseconds. */
const PATIENCE_MS = 2_000;

/** Finds all addresses of a name; rejects if there are none. */
type LookUp = (host: string) => Promise<readonly { readonly address: string }[]>;

/** Resolves by the operating system, as connections do. */
export class DnsResolver implements Resolver {
  readonly #lookUp: LookUp;
  readonly #patienceMs: number;

  constructor(lookUp: LookUp = (host) => lookup(host, { all: true }), patienceMs = PATIENCE_MS) {
    this.#lookUp = lookUp;
    this.#patienceMs = patienceMs;
  }

  async addresses(host: string): Promise<readonly string[]> {
    const given = new AbortController();
    const late = wait(this.#patienceMs, [], { signal: given.signal }).catch(() => []);
    const found = this.#lookUp(host).catch(() => []);
    const addresses = await Promise.race([found, late]);
    given.abort();
    return addresses.map(({ address }) => address);
  }
}
