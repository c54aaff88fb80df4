import { createHash } from 'node:crypto';
import type { Random } from '../clock.ts';

/** Starts every key, so that secret scanners and people recognise one. */
const PREFIX = 'ffk_';
const KEY_BYTES = 32;
const FORM = /^ffk_[A-Za-z0-9_-]{43}$/;

/** A new API key: the prefix and 32 random bytes in base64url. */
export function newToken(random: Random): string {
  return PREFIX + Buffer.from(random.bytes(KEY_BYTES)).toString('base64url');
}

/** Whether a token can be one of our keys; anything else is not worth a look-up. */
export function looksLikeToken(token: string): boolean {
  return FORM.test(token);
}

/**
 * What is stored in place of a key: its SHA-256, hex. A plain hash is enough for 256 random bits; slow
 * password hashes are for what people choose.
 */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
