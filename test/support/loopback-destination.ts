import { readFileSync } from 'node:fs';
import { HttpsDestination } from '../../adapters/https-destination.ts';
import type { Search, Tell } from '../../adapters/names/name-search.ts';
import type { Names } from '../../adapters/names/names.ts';
import { systemClock } from '../../adapters/system.ts';
import type { SendOutcome } from '../../core/dispatch/ports.ts';

/** A file of the certificates that tests use. */
export function certificateFile(name: string): Buffer {
  return readFileSync(new URL(`./certificates/${name}`, import.meta.url));
}

/** Finds the addresses of a name, or does not. */
export type Resolve = (host: string, tell: Tell) => void;

/** Names as a resolver finds them, hostile or not; nothing is kept. */
export function namesBy(resolve: Resolve): Pick<Names, 'find'> {
  return {
    find: (_tenant, host, tell) => {
      const search: { phase: Search['phase']; waited: boolean; stop: () => void } = {
        phase: 'asked',
        waited: false,
        stop: () => {
          search.phase = 'over';
        },
      };
      resolve(host, (found) => {
        if (search.phase === 'over') return;
        search.phase = 'over';
        tell(found);
      });
      return search;
    },
  };
}

const loopback: Resolve = (_host, tell) => tell([{ address: '127.0.0.1', family: 4 }]);

/** A client that may go to loopback and trusts the tests' own authority. Every name is this machine's, unless said otherwise. */
export function loopbackDestination(resolve = loopback): HttpsDestination {
  const policy = { allowLoopback: true, internalEndpoints: [] };
  const ca = certificateFile('ca.pem');
  return new HttpsDestination({ policy, clock: systemClock, ca, names: namesBy(resolve) });
}

/** Sends two bytes. */
export async function post(client: HttpsDestination, url: string, timeoutMs = 30_000): Promise<SendOutcome> {
  const headers = { 'content-length': '2', 'fanfare-delivery': 'dlv_1' };
  const sent = await client.send({ tenant: 'acme', url, headers, body: Buffer.from('{}'), timeoutMs });
  if (sent.kind === 'not-started') throw new Error('it was not started');
  return sent;
}
