import { createHash } from 'node:crypto';

/** A strong entity tag of a text or of bytes (RFC 9110 section 8.8.3): 132 bits of its SHA-256. */
export function etagOf(content: string | Uint8Array): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
}

/** Whether the value of `If-None-Match` names this tag, by the weak comparison (RFC 9110 section 13.1.2). */
export function namesEtag(ifNoneMatch: string, etag: string): boolean {
  const names = ifNoneMatch.split(',').map((name) => name.trim().replace(/^W\//, ''));
  return names.includes('*') || names.includes(etag);
}
