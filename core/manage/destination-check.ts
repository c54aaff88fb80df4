import { isIP } from 'node:net';
import {
  type DestinationPolicy,
  hostOf,
  judgeUrl,
  mayBeDialled,
  NOT_PUBLIC,
  policyFor,
  portOf,
} from '../dispatch/destination-url.ts';
import { Problem } from '../problem.ts';

/** Finds the addresses of a host. */
export interface Resolver {
  /** All addresses; empty if the name does not resolve, or not soon enough. Never throws. */
  addresses(host: string): Promise<readonly string[]>;
}

/**
 * Judges a URL before it is stored and answers its normal form. Throws a 400 `Problem`; every place that is not
 * public gets the same one. A name that does not resolve now is taken: it is judged at each connection.
 */
export async function checkDestination(
  text: string,
  policy: DestinationPolicy,
  resolver: Resolver,
): Promise<string> {
  const verdict = judgeUrl(text, policy);
  if (verdict.kind === 'refused') throw refusal(verdict.fault);
  const host = hostOf(verdict.url);
  const port = portOf(verdict.url);
  const judged = policyFor(verdict.url, policy);
  const addresses = isIP(host) === 0 ? await resolver.addresses(host) : [];
  if (!addresses.every((address) => mayBeDialled(address, port, judged))) throw refusal(NOT_PUBLIC);
  return verdict.url.href;
}

function refusal(fault: string): Problem {
  return new Problem('invalid-url', `The field "url" ${fault}.`, [{ pointer: '/url', detail: fault }]);
}
