import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openText, sealText } from '../../core/sealer.ts';
import { seededRandom } from '../support/clock.ts';

const key = Buffer.alloc(32, 3);
const place = { tenant: 'acme', subscription: 'sub_1' };

test('whatever text is sealed opens again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer(), (text, seed) => {
      assert.equal(openText(key, sealText(key, text, place, seededRandom(seed)), place), text);
    }),
  );
});

test('a value changed in any byte does not open', () => {
  const sealed = Buffer.from(sealText(key, 'secret', place, seededRandom()), 'base64url');
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    assert.equal(openText(key, changed.toString('base64url'), place), null, `byte ${at}`);
  }
});

test('a value cut short does not open', () => {
  const sealed = Buffer.from(sealText(key, 'secret', place, seededRandom()), 'base64url');
  for (let length = 0; length < sealed.length; length++) {
    assert.equal(openText(key, sealed.subarray(0, length).toString('base64url'), place), null);
  }
});

test('a value does not open under another key', () => {
  assert.equal(openText(Buffer.alloc(32, 4), sealText(key, 'secret', place, seededRandom()), place), null);
});
