import { hash } from 'node:crypto';

/** A key for HMAC-SHA256, made ready: XORed with each of the two pads. */
export interface HmacKey {
  readonly inner: Uint8Array;
  readonly outer: Uint8Array;
}

/** Bytes of a block of SHA-256 and of a hash: B and L of RFC 2104, section 2. */
const BLOCK = 64;
const HASH = 32;

/** Where what is hashed is put together; grows to the largest body. Nothing in here is ever awaited. */
let inner = Buffer.alloc(16 * 1024);
const outer = Buffer.alloc(BLOCK + HASH);

/** Makes a key ready for `hmacSha256`. */
export function hmacKey(secret: Uint8Array): HmacKey {
  const key = secret.length > BLOCK ? hash('sha256', secret, 'buffer') : secret;
  const padded = Buffer.concat([key], BLOCK);
  return { inner: padded.map((byte) => byte ^ 0x36), outer: padded.map((byte) => byte ^ 0x5c) };
}

/**
 * HMAC-SHA256 over `head` and `body` (RFC 2104), in base64: two hashes by Node's one-shot function. `createHmac` says the
 * same, but makes an object of OpenSSL's for each signature, which was a tenth of the whole cost of a delivery.
 */
export function hmacSha256(key: HmacKey, head: string, body: Uint8Array): string {
  const most = BLOCK + 3 * head.length + body.length;
  if (inner.length < most) inner = Buffer.alloc(most);
  inner.set(key.inner);
  const bodyAt = BLOCK + inner.write(head, BLOCK);
  inner.set(body, bodyAt);
  outer.set(key.outer);
  // As text, a character for each byte: cheaper to make than a buffer.
  const first = hash('sha256', inner.subarray(0, bodyAt + body.length), 'binary');
  outer.write(first, BLOCK, HASH, 'latin1');
  return hash('sha256', outer, 'base64');
}
