import type { DeliveryError } from '../../core/delivery.ts';
import { NameError, type NameFault } from '../names/name-error.ts';

/** A failure as the delivery log tells it: a class, and a short note without addresses or library text. */
export interface Failure {
  readonly error: DeliveryError;
  readonly detail: string;
}

/** Raised by our own timers. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly code: 'EDEADLINE' | 'ECONNECTDEADLINE';

  constructor(code: 'EDEADLINE' | 'ECONNECTDEADLINE') {
    super(code);
    this.code = code;
  }
}

/** Raised when a server answered, but not with an answer to a POST. */
export class MisansweredError extends Error {
  override readonly name = 'MisansweredError';
  readonly code: 'EUPGRADE' | 'EINFORMATIONAL' | 'ESTATUS';

  constructor(code: 'EUPGRADE' | 'EINFORMATIONAL' | 'ESTATUS') {
    super(code);
    this.code = code;
  }
}

/** As Node raises it when a server closes a connection without having answered. */
export function resetError(): Error {
  return Object.assign(new Error('reset'), { code: 'ECONNRESET' });
}

const CODES: Readonly<Record<string, Failure>> = {
  EDEADLINE: { error: 'timeout', detail: 'no complete answer in time' },
  ECONNECTDEADLINE: { error: 'timeout', detail: 'no connection in time' },
  EBLOCKED: { error: 'blocked', detail: 'the destination is not allowed' },
  ECONNREFUSED: { error: 'connect', detail: 'the connection was refused' },
  ETIMEDOUT: { error: 'timeout', detail: 'no connection in time' },
  EHOSTUNREACH: { error: 'connect', detail: 'the host cannot be reached' },
  ENETUNREACH: { error: 'connect', detail: 'the network cannot be reached' },
  EADDRNOTAVAIL: { error: 'connect', detail: 'the host cannot be reached' },
  ECONNRESET: { error: 'reset', detail: 'the connection was closed before an answer came' },
  EPIPE: { error: 'reset', detail: 'the connection was closed before an answer came' },
  CERT_HAS_EXPIRED: { error: 'tls', detail: 'the certificate has expired' },
  CERT_NOT_YET_VALID: { error: 'tls', detail: 'the certificate is not valid yet' },
  CERT_REVOKED: { error: 'tls', detail: 'the certificate was revoked' },
  ERR_TLS_CERT_ALTNAME_INVALID: { error: 'tls', detail: 'the certificate is for another name' },
  DEPTH_ZERO_SELF_SIGNED_CERT: { error: 'tls', detail: 'the certificate is not trusted' },
  SELF_SIGNED_CERT_IN_CHAIN: { error: 'tls', detail: 'the certificate is not trusted' },
  UNABLE_TO_GET_ISSUER_CERT: { error: 'tls', detail: 'the certificate is not trusted' },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { error: 'tls', detail: 'the certificate is not trusted' },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { error: 'tls', detail: 'the certificate is not trusted' },
  HPE_HEADER_OVERFLOW: { error: 'response-too-large', detail: 'the response headers are too large' },
  EUPGRADE: {
    error: 'protocol',
    detail: 'the endpoint answered 101: it switched to another protocol unasked',
  },
  EINFORMATIONAL: { error: 'protocol', detail: 'the endpoint sent informational answers (1xx) without end' },
  ESTATUS: { error: 'protocol', detail: 'the status of the answer is not between 200 and 599' },
  ERR_INVALID_CHAR: { error: 'protocol', detail: 'a custom header cannot be sent' },
  ERR_HTTP_INVALID_HEADER_VALUE: { error: 'protocol', detail: 'a custom header cannot be sent' },
};

const NAME_FAULTS: Readonly<Record<NameFault, Failure>> = {
  'no-name': { error: 'dns', detail: 'the host name does not exist' },
  'no-address': { error: 'dns', detail: 'the host name has no address' },
  'no-answer': { error: 'dns', detail: 'no name server answered in time' },
  'server-failed': { error: 'dns', detail: 'the name server answered with an error' },
  'not-asked': { error: 'dns', detail: 'too many look-ups of this tenant wait for their answers' },
};

/**
 * Tells what went wrong from the codes Node gives, never from the words of a message. `handshaking` says that
 * a TLS connection was being set up, when a closed socket means that TLS failed.
 */
export function failureOf(error: unknown, handshaking: boolean): Failure {
  if (error instanceof NameError) return NAME_FAULTS[error.fault];
  const code = codeOf(error);
  if (handshaking && (code === 'ECONNRESET' || code === 'EPIPE')) {
    return { error: 'tls', detail: 'the TLS handshake failed' };
  }
  const known = CODES[code];
  if (known) return known;
  if (/^(ERR_SSL|ERR_TLS|CERT_|UNABLE_TO|EPROTO)/.test(code)) {
    return { error: 'tls', detail: 'the TLS handshake failed' };
  }
  if (code.startsWith('HPE_')) return { error: 'protocol', detail: 'the answer is not valid HTTP' };
  return { error: 'connect', detail: 'the connection failed' };
}

/** The code of an error; of an aggregate, as a host with several addresses gives, that of its last one. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors.at(-1));
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code);
  return '';
}
