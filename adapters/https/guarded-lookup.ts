import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { type DestinationPolicy, mayBeDialled } from '../../core/dispatch/destination-url.ts';

/** Resolves a name to all its addresses. A parameter, so that tests can play a hostile resolver. */
export type ResolveAll = (
  host: string,
  done: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

/** The operating system's resolver. */
export const resolveBySystem: ResolveAll = (host, done) => systemLookup(host, { all: true }, done);

/** The destination may not be connected to. */
export class BlockedError extends Error {
  override readonly name = 'BlockedError';
  readonly code = 'EBLOCKED';

  constructor() {
    super('the destination is not allowed');
  }
}

/**
 * The look-up a socket uses: it judges every address a name resolves to and hands on only judged ones, so the
 * address checked is the address dialled, however the name resolves the next time. One bad address refuses all.
 */
export function guardedLookup(policy: DestinationPolicy, port: number, resolve: ResolveAll): LookupFunction {
  return (host, options, done) => {
    resolve(host, (error, addresses) => {
      if (error) return done(error, '', 0);
      const first = addresses[0];
      if (!first || !addresses.every(({ address }) => mayBeDialled(address, port, policy))) {
        return done(new BlockedError(), '', 0);
      }
      if (options.all) return done(null, [...addresses]);
      return done(null, first.address, first.family);
    });
  };
}
