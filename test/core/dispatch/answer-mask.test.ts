import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maskedAnswer } from '../../../core/dispatch/answer-mask.ts';
import type { Subscription } from '../../../core/subscription.ts';
import { SECRET, subscription } from '../../support/subscription.ts';

const having = (headers: Subscription['headers'], fields: Partial<Subscription> = {}) =>
  subscription({ headers, ...fields });
const masked = (headers: Subscription['headers'], text: string, truncated = false) =>
  maskedAnswer(having(headers), text, truncated);

/** Holds what JSON, URLs and HTML each write in their own way. */
const ODD = `pa"ss/w<o>r&d+'x\\y z=`;

test('a header value that an endpoint sends back is masked, however often, and nothing else', () => {
  const text = '{"headers":{"X-Api-Key":"k-4711-secret","Accept":"*/*"},"again":"k-4711-secret"}';
  assert.equal(
    masked({ 'X-Api-Key': 'k-4711-secret' }, text),
    '{"headers":{"X-Api-Key":"…","Accept":"*/*"},"again":"…"}',
  );
  assert.equal(masked({ 'X-Api-Key': 'k-4711-secret' }, 'ok'), 'ok');
  assert.equal(masked({}, text), text);
});

for (const [how, spelt] of Object.entries({
  'as it is': ODD,
  'in JSON': JSON.stringify(ODD),
  "in PHP's JSON": JSON.stringify(ODD).replaceAll('/', '\\/'),
  "in Go's JSON": JSON.stringify(ODD)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026'),
  'in a URL': encodeURIComponent(ODD),
  'in a URL, hex in small letters': encodeURIComponent(ODD).replace(/%../g, (code) => code.toLowerCase()),
  'in a form': new URLSearchParams({ key: ODD }).toString(),
  'in HTML': ODD.replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;'),
  'in base64': Buffer.from(ODD).toString('base64'),
  'in base64 for URLs': Buffer.from(ODD).toString('base64url'),
})) {
  test(`a header value is masked ${how}`, () => {
    const answer = masked({ 'x-key': ODD }, `before ${spelt} after`);
    assert.match(answer, /^before .*….* after$/);
    assert.ok(answer.length < 24, answer);
  });
}

test('what is in a header value is masked on its own: tokens, both sides of a Basic pair, named values', () => {
  const basic = Buffer.from('shop-user:pass:word').toString('base64');
  for (const [value, text, expected] of [
    ['Bearer eyJhbGciOi.abc', 'token=eyJhbGciOi.abc;', 'token=…;'],
    ['Token abcdef', 'you sent abcdef', 'you sent …'],
    [`Basic ${basic}`, `{"auth":"${basic}"}`, '{"auth":"…"}'],
    [`Basic ${basic}`, 'shop-user:pass:word', '…'],
    [`basic ${basic}`, '{"user":"shop-user","password":"pass:word"}', '{"user":"shop-user","password":"…"}'],
    ['sid=1234567890; theme="dark-blue"', 'cookies: 1234567890 and dark-blue', 'cookies: … and …'],
    ['AWS4 Credential=AKIAEXAMPLE, Signature=0a1b2c3d', 'by AKIAEXAMPLE 0a1b2c3d', 'by … …'],
  ] as const) {
    assert.equal(masked({ Authorization: value }, text), expected, value);
  }
});

test("signing secrets and values of the URL's query are masked without any header", () => {
  const one = having({}, { url: 'https://h.example/hook?token=abc%2Bdef&page=1' });
  const key = SECRET.replace('whsec_', '');
  assert.equal(
    maskedAnswer(one, `url: /hook?token=abc%2Bdef&page=1, args: abc+def`, false),
    'url: /hook?token=…&page=1, args: …',
  );
  assert.equal(
    maskedAnswer(one, `my secret is ${SECRET}, that is ${key}`, false),
    'my secret is whsec_…, that is …',
  );
  const rotated = { ...one, secrets: [{ secret: `whsec_${'A'.repeat(32)}`, expiresAt: 0 }, ...one.secrets] };
  assert.equal(
    maskedAnswer(rotated, 'A'.repeat(32), false),
    '…',
    'one that signs no longer is a secret still',
  );
});

test('an answer that was cut off in the middle of a value keeps nothing of its beginning', () => {
  const value = 'k-4711-secret-of-the-shop';
  for (let length = 3; length < value.length; length++) {
    const text = `you sent ${value.slice(0, length)}`;
    assert.equal(masked({ key: value }, text, true), 'you sent …', text);
    assert.equal(masked({ key: value }, text, false), text, 'whole, it is no value of ours');
  }
  const long = 'abcdefgh'.repeat(200);
  assert.equal(masked({ key: long }, `x ${long.slice(0, 700)}`, true), 'x …');
  assert.equal(masked({ key: 'a"b"c"d"e' }, 'x a\\"b\\"c\\', true), 'x …');
});

test('words of less than six characters are no secrets, and stay', () => {
  assert.equal(masked({ 'x-env': 'prod', 'x-flag': '1' }, 'prod 1 production'), 'prod 1 production');
});

test('no header value of any kind is found in what is kept', () => {
  const value = fc.string({ unit: 'grapheme-ascii', minLength: 6, maxLength: 200 });
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 8 }),
      fc.string(),
      fc.nat(300),
      (values, around, cut) => {
        const headers = Object.fromEntries(values.map((one, i) => [`x-${i}`, one]));
        const echo = around + JSON.stringify(headers) + values.join(around);
        const kept = maskedAnswer(having(headers), echo.slice(0, echo.length - cut), cut > 0);
        for (const one of values) assert.ok(!kept.includes(one), `${JSON.stringify(one)} in ${kept}`);
      },
    ),
    { numRuns: 300 },
  );
});
