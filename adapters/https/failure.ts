import type { DeliveryError } from '../../core/delivery.ts';
import { NameError, type NameFault } from '../names/name-error.ts';
import { tlsDetailOf } from './tls-failure.ts';

/** A failure as the delivery log tells it: a class, and what it was with the next step, without addresses or library text. */
export interface Failure {
  readonly error: DeliveryError;
  readonly detail: string;
}

/** How far a connection got: it is being made, TLS is being set up, or it is ready. */
export type Stage = 'connecting' | 'securing' | 'ready';

/** Raised by our own timers. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly code = 'EDEADLINE';
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

const LATE: Readonly<Record<Stage, Failure>> = {
  connecting: {
    error: 'timeout',
    detail:
      'The host did not answer when we tried to connect. See that it is up, and that no firewall drops the packets.',
  },
  securing: {
    error: 'timeout',
    detail:
      'The connection was made, but the TLS handshake did not end in time. Look at how TLS is set up at the endpoint.',
  },
  ready: {
    error: 'timeout',
    detail: "No answer came in time. Answer first and work afterwards, or raise the subscription's time-out.",
  },
};

const BROKEN: Readonly<Record<Stage, Failure>> = {
  connecting: {
    error: 'reset',
    detail:
      'The connection was closed while it was made. Look at the firewall or load balancer before the endpoint.',
  },
  securing: {
    error: 'tls',
    detail:
      'The connection was closed in the middle of the TLS handshake. See that the port speaks TLS and serves this host.',
  },
  ready: {
    error: 'reset',
    detail:
      'The connection was closed before an answer came. Look at the log of the endpoint, or of the proxy before it.',
  },
};

const UNREACHABLE: Failure = {
  error: 'connect',
  detail:
    "The host's network can't be reached. Look at its addresses; if it has IPv6 alone, give it IPv4 as well.",
};
const UNSENDABLE: Failure = {
  error: 'protocol',
  detail: 'A custom header of the subscription has a name or value that HTTP does not allow. Change it.',
};

const CODES: Readonly<Record<string, Failure>> = {
  EBLOCKED: { error: 'blocked', detail: 'The URL does not lead to a public host. Change it.' },
  ECONNREFUSED: {
    error: 'connect',
    detail:
      'The connection was refused: nothing listens on the port. See that the endpoint runs, and look at the port of the URL.',
  },
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  EADDRNOTAVAIL: UNREACHABLE,
  HPE_HEADER_OVERFLOW: {
    error: 'response-too-large',
    detail:
      'The headers of the answer are larger than 16 KiB. Send fewer of them; a webhook needs no cookies.',
  },
  EUPGRADE: {
    error: 'protocol',
    detail:
      'The endpoint answered 101 and switched to another protocol, unasked. Answer with a status from 200 to 299.',
  },
  EINFORMATIONAL: {
    error: 'protocol',
    detail:
      'The endpoint sent informational answers (1xx) without end. Answer with a status from 200 to 299.',
  },
  ESTATUS: {
    error: 'protocol',
    detail: 'The status of the answer is not one from 200 to 599. Answer with a status from 200 to 299.',
  },
  ERR_INVALID_CHAR: UNSENDABLE,
  ERR_HTTP_INVALID_HEADER_VALUE: UNSENDABLE,
};

const NAMES: Readonly<Record<NameFault, string>> = {
  'no-name':
    'The host name does not exist. Look at the URL for a slip, and at the DNS records of the domain.',
  'no-address': 'The host name has no address. Add an A or AAAA record for it.',
  'no-answer': 'No name server of the domain answered in time. Look at the name servers of the domain.',
  'server-failed':
    'The name servers of the domain answered with an error. Look at the DNS records of the domain, and at DNSSEC.',
  'not-asked':
    'The host was not looked up: too many look-ups of this tenant wait for name servers. Look at those of its other endpoints.',
};

/**
 * Tells what went wrong from the codes Node and OpenSSL give, never from the words of a message. `stage` is how far the
 * connection had got.
 */
export function failureOf(error: unknown, stage: Stage): Failure {
  if (error instanceof NameError) return { error: 'dns', detail: NAMES[error.fault] };
  const met = mostTelling(error);
  const code = codeOf(met);
  if (code === 'EDEADLINE' || code === 'ETIMEDOUT') return LATE[stage];
  if (code === 'ECONNRESET' || code === 'EPIPE') return BROKEN[stage];
  const known = CODES[code];
  if (known !== undefined) return known;
  const detail = tlsDetailOf(code, met);
  if (detail !== null) return { error: 'tls', detail };
  if (code.startsWith('HPE_')) {
    return {
      error: 'protocol',
      detail: 'The answer is not valid HTTP/1.1. See that the port of the URL is that of a web server.',
    };
  }
  return {
    error: 'connect',
    detail: 'The connection failed. See that the endpoint can be reached from the internet.',
  };
}

/** Of what several addresses of a host met: the first that was not for want of a way there. */
function mostTelling(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error;
  return error.errors.find((one) => CODES[codeOf(one)] !== UNREACHABLE) ?? error.errors[0];
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
