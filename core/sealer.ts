import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Random } from './clock.ts';

/** What a sealed value belongs to; it opens nowhere else. */
export interface SealedPlace {
  readonly tenant: string;
  readonly subscription: string;
}

/** Keeps secrets unreadable at rest. */
export interface Sealer {
  /** Seals a text for a place. Throws if the data key cannot be had. */
  seal(text: string, place: SealedPlace): Promise<string>;
  /**
   * The text; null if the value is damaged or was sealed for another place. Throws if the data key cannot be
   * had, which is our failure and passes.
   */
  open(sealed: string, place: SealedPlace): Promise<string | null>;
  /** 32 bytes for another purpose: the same for the same purpose, in every environment (HKDF, RFC 5869). */
  derive(purpose: string): Promise<Uint8Array>;
}

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM (NIST SP 800-38D) under a 32-byte key: base64url of IV, ciphertext and tag. */
export function sealText(key: Uint8Array, text: string, place: SealedPlace, random: Random): string {
  const iv = random.bytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv).setAAD(placeBytes(place));
  const sealed = [iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(sealed).toString('base64url');
}

/** Opens what `sealText` wrote; null if it was changed, or sealed under another key or for another place. */
export function openText(key: Uint8Array, sealed: string, place: SealedPlace): string | null {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < IV_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(placeBytes(place))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  const text = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES));
  try {
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    // The tag does not fit: `final` has no other reason to throw.
    return null;
  }
}

/** Length-prefixed, so that no two places read the same. */
function placeBytes({ tenant, subscription }: SealedPlace): Buffer {
  return Buffer.from(`${Buffer.byteLength(tenant)}:${tenant}${subscription}`);
}
