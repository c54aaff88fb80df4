import { lookup } from 'node:dns/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Resolver } from '../core/manage/destination-check.ts';

/** Longest wait for a name server, in milliseconds. */
const PATIENCE_MS = 2_000;

/** Resolves by the operating system, as connections do. */
export class DnsResolver implements Resolver {
  async addresses(host: string): Promise<readonly string[]> {
    const given = new AbortController();
    const late = wait(PATIENCE_MS, [], { signal: given.signal }).catch(() => []);
    const found = lookup(host, { all: true }).catch(() => []);
    const addresses = await Promise.race([found, late]);
    given.abort();
    return addresses.map(({ address }) => address);
  }
}
