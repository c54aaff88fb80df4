import { readFileSync } from 'node:fs';
import type { ResolveAll } from '../../adapters/https/guarded-lookup.ts';
import { HttpsDestination } from '../../adapters/https-destination.ts';
import { systemClock } from '../../adapters/system.ts';
import type { SendOutcome } from '../../core/dispatch/ports.ts';

/** A file of the certificates that tests use. */
export function certificateFile(name: string): Buffer {
  return readFileSync(new URL(`./certificates/${name}`, import.meta.url));
}

/** A client that may go to loopback and trusts the tests' own authority. */
export function loopbackDestination(resolve: ResolveAll): HttpsDestination {
  const policy = { allowLoopback: true, internalEndpoints: [] };
  return new HttpsDestination({ policy, clock: systemClock, resolve, ca: certificateFile('ca.pem') });
}

/** Sends two bytes. */
export function post(client: HttpsDestination, url: string, timeoutMs = 30_000): Promise<SendOutcome> {
  const headers = { 'content-length': '2', 'fanfare-delivery': 'dlv_1' };
  return client.send({ url, headers, body: Buffer.from('{}'), timeoutMs });
}
