/**
 * Why a name has no address that can be used: it does not exist, it has none, no name server answered, one answered with
 * an error, or it was not asked for because too many look-ups of the same tenant wait for their answers.
 */
export type NameFault = 'no-name' | 'no-address' | 'no-answer' | 'server-failed' | 'not-asked';

export class NameError extends Error {
  override readonly name = 'NameError';
  readonly fault: NameFault;

  constructor(fault: NameFault, options?: ErrorOptions) {
    super(`the name could not be looked up: ${fault}`, options);
    this.fault = fault;
  }
}

/** Codes of c-ares, by what they mean for the name. https://nodejs.org/api/dns.html#error-codes */
const FAULTS: Readonly<Record<string, NameFault>> = {
  ENOTFOUND: 'no-name',
  EBADNAME: 'no-name',
  ENODATA: 'no-address',
  ETIMEOUT: 'no-answer',
  ECANCELLED: 'no-answer',
  // Of the name server: a connection that is refused by the endpoint never comes this way.
  ECONNREFUSED: 'no-answer',
  EOF: 'no-answer',
};

/** What c-ares ran into; whatever else it reports is an answer that is no use. */
export function nameErrorOf(cause: NodeJS.ErrnoException): NameError {
  return new NameError(FAULTS[cause.code ?? ''] ?? 'server-failed', { cause });
}

/** Of what the two questions about a name ran into: the one that says most. */
export function worseOf(a: NameError, b: NameError): NameError {
  return SAYS_MOST.indexOf(a.fault) <= SAYS_MOST.indexOf(b.fault) ? a : b;
}

/** A name that does not exist has neither kind of address; one that may have the other kind is not known to have none. */
const SAYS_MOST: readonly NameFault[] = ['no-name', 'no-answer', 'server-failed', 'no-address', 'not-asked'];
