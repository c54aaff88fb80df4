import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashToken, looksLikeToken, newToken } from '../../../core/auth/token.ts';
import { seededRandom } from '../../support/clock.ts';

test('a key is recognisable and holds 32 random bytes', () => {
  const token = newToken(seededRandom());
  assert.match(token, /^ffk_/);
  assert.equal(Buffer.from(token.slice(4), 'base64url').length, 32);
  assert.ok(looksLikeToken(token));
});

test('a key can be sent in an Authorization header', () => {
  assert.match(newToken(seededRandom()), /^[A-Za-z0-9_-]+$/);
});

test('the hash is SHA-256 in hex', () => {
  // FIPS 180-2, appendix B.1.
  assert.equal(hashToken('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
