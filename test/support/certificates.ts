import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate and its key, as PEM, with what is needed to sign others with it. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly subject: string;
  readonly privateKey: KeyObject;
}

export interface CertificateFields {
  /** Who signs it; itself without one. */
  readonly by?: Certificate;
  readonly names?: readonly string[];
  /** Whether it may sign others. */
  readonly authority?: boolean;
  readonly from?: string;
  readonly until?: string;
}

/** Makes a certificate (RFC 5280), good for a century unless it says otherwise: Node can read them and make none. */
export function certificate(
  subject: string,
  { by, names = [], authority = false, from = '2000-01-01', until = '2100-01-01' }: CertificateFields = {},
): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = [
    extension(BASIC_CONSTRAINTS, sequence(authority ? der(0x01, Buffer.from([0xff])) : EMPTY)),
  ];
  // A list of names, each as the context's second kind: a DNS name.
  if (names.length > 0)
    extensions.push(extension(ALT_NAMES, sequence(...names.map((name) => der(0x82, Buffer.from(name))))));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([++serial])),
    ECDSA_WITH_SHA256,
    nameOf(by?.subject ?? subject),
    sequence(timeOf(from), timeOf(until)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', body, by?.privateKey ?? privateKey);
  const whole = sequence(body, ECDSA_WITH_SHA256, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    subject,
    privateKey,
  };
}

let serial = 0;

const EMPTY = Buffer.alloc(0);
const COMMON_NAME = der(0x06, Buffer.from([0x55, 4, 3]));
const BASIC_CONSTRAINTS = der(0x06, Buffer.from([0x55, 29, 19]));
const ALT_NAMES = der(0x06, Buffer.from([0x55, 29, 17]));
const ECDSA_WITH_SHA256 = sequence(der(0x06, Buffer.from([0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2])));

function nameOf(text: string): Buffer {
  return sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(text)))));
}

/** GeneralizedTime. */
function timeOf(day: string): Buffer {
  return der(0x18, Buffer.from(`${day.replaceAll('-', '')}000000Z`));
}

function extension(id: Buffer, value: Buffer): Buffer {
  return sequence(id, der(0x04, value));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

/** One element of ASN.1's distinguished encoding: its tag, its length, what it holds. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
