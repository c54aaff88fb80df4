import type { Received } from './receiver.ts';

/** What the program answered, or why it did not: then 502 or 504 is answered for it, as a proxy in front of it would. */
export type Forwarded =
  | { readonly status: number; readonly failure?: undefined }
  | { readonly status: 502 | 504; readonly failure: string };

/** What belongs to the connection it came on, not to the request (RFC 9110, section 7.6.1). */
const OWN = ['host', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'expect'];
const TIMEOUT_MS = 30_000;

/** Hands a request on, byte for byte and with its signature. Never rejects. */
export async function forward(
  url: string,
  { headers, body }: Received,
  timeoutMs = TIMEOUT_MS,
): Promise<Forwarded> {
  const kept = Object.entries(headers).filter(([name]) => !OWN.includes(name));
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: kept.map(([name, value]): [string, string] => [name, String(value)]),
      body: new Uint8Array(body),
      redirect: 'manual',
      signal: limit,
    });
    await response.body?.cancel();
    return { status: response.status };
  } catch (error) {
    const { origin } = new URL(url);
    if (limit.aborted)
      return { status: 504, failure: `${origin} did not answer within ${timeoutMs / 1000} s` };
    return { status: 502, failure: `${origin} ${reasonOf(error)}` };
  }
}

const TRUST = 'give its certificate in NODE_EXTRA_CA_CERTS, or forward to plain http';

/** What Node's codes mean for whoever has the program in front of him. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection: does your program listen there?',
  ECONNRESET: 'closed the connection before it answered',
  UND_ERR_SOCKET: 'closed the connection before it answered',
  ENOTFOUND: 'does not resolve to an address: is the name right?',
  EAI_AGAIN: 'does not resolve to an address: the name server did not answer',
  DEPTH_ZERO_SELF_SIGNED_CERT: `has a self-signed certificate: ${TRUST}`,
  SELF_SIGNED_CERT_IN_CHAIN: `has a certificate of an unknown authority: ${TRUST}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `has a certificate that leads to no known authority: ${TRUST}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `has a certificate that leads to no known authority: ${TRUST}`,
  CERT_HAS_EXPIRED: 'has a certificate that has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate for another name',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS: forward to http:// instead',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'does not speak TLS: forward to http:// instead',
};

/** `fetch` says "fetch failed"; what happened stands one or two causes deeper. */
function reasonOf(error: unknown): string {
  let deepest = error;
  while (deepest instanceof Error) {
    const next: unknown = deepest instanceof AggregateError ? deepest.errors[0] : deepest.cause;
    if (!(next instanceof Error)) break;
    deepest = next;
  }
  const code = deepest instanceof Error && 'code' in deepest ? String(deepest.code) : '';
  if (Object.hasOwn(REASONS, code)) return REASONS[code] ?? code;
  return `was not reached: ${deepest instanceof Error ? deepest.message || code : String(deepest)}`;
}
