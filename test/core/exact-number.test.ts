import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  compareNumbers,
  type ExactNumber,
  isExactNumber,
  isRawNumber,
  numberKey,
  parseExactJson,
} from '../../core/exact-number.ts';

function number(token: string): ExactNumber {
  const value = parseExactJson(token);
  assert.ok(isExactNumber(value), token);
  return value;
}

/** Number tokens whose value is `digits` × 10^`power`, and the same scaled to a whole number of 10^-60. */
const token = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: -30, max: 30 }))
  .map(([digits, power]) => ({ text: `${digits}e${power}`, scaled: digits * 10n ** BigInt(power + 60) }));

test('numbers compare as whole numbers of any length do', () => {
  fc.assert(
    fc.property(token, token, (a, b) => {
      const order = Math.sign(compareNumbers(number(a.text), number(b.text)));
      assert.equal(order, a.scaled === b.scaled ? 0 : a.scaled < b.scaled ? -1 : 1);
      assert.equal(numberKey(number(a.text)) === numberKey(number(b.text)), a.scaled === b.scaled);
    }),
  );
});

test('notations of one value are one number', () => {
  for (const same of [
    ['1', '1.0', '10e-1', '0.01E+2'],
    ['0', '-0', '0.00', '0e999', '-0.0e-400'],
    ['9007199254740993', '9007199254740993.000', '9.007199254740993e15', '90071992547409930e-1'],
    ['1e400', '10e399', '0.1e401'],
  ]) {
    assert.deepEqual(new Set(same.map((text) => numberKey(number(text)))).size, 1, same.join());
  }
});

test('a number is kept as text where a double would change it, and only there', () => {
  for (const kept of [
    '9007199254740993',
    '1e400',
    '-1e-400',
    '0.1234567890123456789',
    '123456789012345678',
  ]) {
    assert.ok(isRawNumber(parseExactJson(kept)), kept);
    assert.equal(JSON.stringify(parseExactJson(`{"n":[${kept}]}`)), `{"n":[${kept}]}`);
  }
  for (const plain of ['0', '-1.5', '9007199254740992', '1e100', '0.1', '1e-300', '100000000000000000000']) {
    assert.equal(parseExactJson(plain), Number(plain));
  }
});

test('everything but such numbers reads as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      assert.deepEqual(JSON.parse(JSON.stringify(parseExactJson(text))), JSON.parse(text));
    }),
  );
  assert.throws(() => parseExactJson('{"a":9007199254740993'), SyntaxError);
});

test('no text can pass itself off as such a number', () => {
  const value = parseExactJson('{"rawJSON":"9007199254740993","n":9007199254740993}');
  assert.ok(!isExactNumber(value));
});
