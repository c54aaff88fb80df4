import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { type DestinationPolicy, mayBeDialled } from '../../core/dispatch/destination-url.ts';
import { NameError, type NameFault } from '../names/name-error.ts';
import type { Search } from '../names/name-search.ts';
import type { Names } from '../names/names.ts';

/** The destination may not be connected to. */
export class BlockedError extends Error {
  override readonly name = 'BlockedError';
  readonly code = 'EBLOCKED';

  constructor() {
    super('the destination is not allowed');
  }
}

/** Addresses of a host that are tried. */
const MAX_DIALLED = 8;

/**
 * The look-up that the socket of one request uses: it judges every address a name resolves to and hands on only judged
 * ones, so the address checked is the address dialled, however the name resolves the next time. One bad address refuses
 * all. It ends with its request.
 */
export class GuardedLookup {
  readonly #names: Pick<Names, 'find'>;
  readonly #tenant: string;
  readonly #policy: DestinationPolicy;
  readonly #port: number;
  #search: Search | null = null;
  /** When the addresses were known, by `performance.now()`; null if they never were. */
  endedAt: number | null = null;

  constructor(names: Pick<Names, 'find'>, tenant: string, policy: DestinationPolicy, port: number) {
    this.#names = names;
    this.#tenant = tenant;
    this.#policy = policy;
    this.#port = port;
  }

  /** Why it has no answer if it ends now; null if it is over, or never began. */
  get faultNow(): NameFault | null {
    if (this.#search === null || this.#search.phase === 'over') return null;
    return this.#search.waited ? 'not-asked' : 'no-answer';
  }

  /** As `net.connect` wants it. */
  readonly lookup: LookupFunction = (host, options, done) => {
    this.#search = this.#names.find(this.#tenant, host, (found) => {
      if (found instanceof NameError) return done(found, '', 0);
      const first = found[0];
      if (!first || !found.every(({ address }) => mayBeDialled(address, this.#port, this.#policy))) {
        return done(new BlockedError(), '', 0);
      }
      this.endedAt = performance.now();
      if (options.all) return done(null, inTurns(found).slice(0, MAX_DIALLED));
      return done(null, first.address, first.family);
    });
  };

  stop(): void {
    this.#search?.stop();
  }
}

/** IPv4 and IPv6 in turns (RFC 8305, section 4), IPv4 first: not every network that looks like it has IPv6 does. */
function inTurns(addresses: readonly LookupAddress[]): LookupAddress[] {
  const ipv4 = addresses.filter(({ family }) => family === 4);
  const ipv6 = addresses.filter(({ family }) => family === 6);
  return Array.from({ length: Math.max(ipv4.length, ipv6.length) }, (_, i) => [ipv4[i], ipv6[i]])
    .flat()
    .filter((address) => address !== undefined);
}
