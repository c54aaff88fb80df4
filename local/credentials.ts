import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What functions sign their calls to AWS with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Letters and digits only: other stand-ins of DynamoDB refuse anything else in an access key. */
export function newCredentials(): Credentials {
  return {
    accessKeyId: `LOCAL${randomBytes(16).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(20).toString('hex'),
  };
}

/**
 * Why a call to a stand-in is refused, or null: it must name the access key of this run. The key is 128 random bits
 * that only the runner and its functions know, so naming it is proof enough. The signature is not worked out again: it
 * protects a key that others see on its way, and on loopback nobody does who could not read the secret as well.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function refusedCredential(
  { accessKeyId }: Credentials,
  { authorization = '' }: IncomingHttpHeaders,
): string | null {
  const given = /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\//.exec(authorization)?.[1] ?? '';
  return isSame(given, accessKeyId) ? null : 'The access key is not the one of this run.';
}

function isSame(given: string, own: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(own)];
  return a.length === b.length && timingSafeEqual(a, b);
}
