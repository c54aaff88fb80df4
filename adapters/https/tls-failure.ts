/** Why a certificate is not accepted, by OpenSSL's names for it, which Node uses as codes. */
const CERTIFICATES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED:
    "The endpoint's certificate, or one it was issued by, has expired. Renew it and make the server load it.",
  CERT_NOT_YET_VALID:
    "The endpoint's certificate is not valid yet. Look at its first day, and at the clock of whatever issued it.",
  CERT_REVOKED: "The endpoint's certificate was revoked. Put a new one in its place.",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "The endpoint's certificate is for another host name. Use one that names the host of the URL.",
  DEPTH_ZERO_SELF_SIGNED_CERT:
    "The endpoint's certificate is self-signed. Use one from a public certificate authority.",
  SELF_SIGNED_CERT_IN_CHAIN:
    "The endpoint's certificate comes from an authority that is not publicly trusted. Use one from a public authority.",
  // A chain of one: its issuer is neither sent along nor trusted.
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'The endpoint sends its certificate without the intermediate one it was issued by. Make it send the full chain; if the ' +
    'authority is private, use a public one.',
  // A chain that ends before any root that is known.
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "The endpoint's certificates lead to no public authority: the authority is private, or one in between is missing. Use a " +
    'public authority and make the endpoint send the full chain.',
  INVALID_PURPOSE:
    "The endpoint's certificate, or one it was issued by, is not made for this. Use one for servers from a public authority.",
};

const VERSIONS = 'The endpoint speaks neither TLS 1.2 nor TLS 1.3. Switch one of them on.';
const NO_CIPHER =
  'The endpoint refused the TLS handshake: it found no cipher in common, or wants a client certificate. Allow current ' +
  'ciphers, and no client certificate for the path of the URL.';
const CLIENT_CERTIFICATE =
  'The endpoint wants a client certificate, and none is sent. Ask for none on the path of the URL; requests are signed.';
const UNKNOWN_NAME =
  'The endpoint knows no site of this name. Look at the host of the URL, and at the sites it serves.';
const NO_TLS =
  'What listens on this port does not speak TLS. Look at the port of the URL, or switch TLS on at the endpoint.';

/**
 * Why a handshake failed, by OpenSSL's reason: below 1000 what we met, from 1000 on the alert that the endpoint sent (RFC 8446,
 * section 6, has their numbers). https://github.com/openssl/openssl/blob/openssl-3.5/include/openssl/sslerr.h
 */
const REASONS: Readonly<Record<number, string>> = {
  155: NO_TLS,
  156: NO_TLS,
  198: NO_TLS,
  258: VERSIONS,
  267: NO_TLS,
  1040: NO_CIPHER,
  1042: CLIENT_CERTIFICATE,
  1048: CLIENT_CERTIFICATE,
  1070: VERSIONS,
  1071: NO_CIPHER,
  1112: UNKNOWN_NAME,
  1116: CLIENT_CERTIFICATE,
};

/** The same where Node has a code for it. */
const CODES: Readonly<Record<string, string>> = {
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  ERR_SSL_UNSUPPORTED_PROTOCOL: VERSIONS,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: VERSIONS,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: CLIENT_CERTIFICATE,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: CLIENT_CERTIFICATE,
};

const SOMETHING = 'The TLS handshake failed. Look at how TLS is set up at the endpoint, and at its log.';

/** The detail of an error of TLS; null for any other. */
export function tlsDetailOf(code: string, error: unknown): string | null {
  const known = CERTIFICATES[code] ?? CODES[code];
  if (known !== undefined) return known;
  if (!/^(ERR_SSL|ERR_TLS|CERT_|UNABLE_TO|EPROTO|INVALID_CA)/.test(code)) return null;
  return REASONS[reasonOf(error)] ?? SOMETHING;
}

/** The reason in OpenSSL's number of an error, which Node has in the message alone if it met the error while writing. */
function reasonOf(error: unknown): number {
  const [, number] = /:error:([0-9A-F]{8}):/.exec(error instanceof Error ? error.message : '') ?? [];
  return number === undefined ? 0 : Number.parseInt(number, 16) & 0x7f_ffff;
}
