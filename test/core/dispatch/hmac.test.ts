import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { hmacKey, hmacSha256 } from '../../../core/dispatch/hmac.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

/** RFC 4231, section 4; its test case 5 is about truncation. */
const VECTORS = [
  [Buffer.alloc(20, 0x0b), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  [
    'Jefe',
    'what do ya want for nothing?',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    Buffer.alloc(20, 0xaa),
    Buffer.alloc(50, 0xdd),
    '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
  ],
  [
    hex('0102030405060708090a0b0c0d0e0f10111213141516171819'),
    Buffer.alloc(50, 0xcd),
    '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  ],
  [
    Buffer.alloc(131, 0xaa),
    'Test Using Larger Than Block-Size Key - Hash Key First',
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
  [
    Buffer.alloc(131, 0xaa),
    'This is a test using a larger than block-size key and a larger than block-size data. ' +
      'The key needs to be hashed before being used by the HMAC algorithm.',
    '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
  ],
] as const;

test('the test cases of RFC 4231 come out as it says', () => {
  for (const [secret, data, expected] of VECTORS) {
    const signature = hmacSha256(hmacKey(Buffer.from(secret)), '', Buffer.from(data));
    assert.equal(Buffer.from(signature, 'base64').toString('hex'), expected);
  }
});

test('whatever key, head and body, it is what createHmac says, large and small in turn', () => {
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.nat(70_000).map((length) => new Uint8Array(length).fill(length)),
  );
  const heads = fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 400 }));
  const keys = fc.uint8Array({ minLength: 1, maxLength: 150 });
  fc.assert(
    fc.property(fc.array(fc.tuple(keys, heads, bodies), { minLength: 2, maxLength: 4 }), (all) => {
      for (const [secret, head, body] of all) {
        const expected = createHmac('sha256', secret).update(head).update(body).digest('base64');
        assert.equal(hmacSha256(hmacKey(secret), head, body), expected);
      }
    }),
  );
});
