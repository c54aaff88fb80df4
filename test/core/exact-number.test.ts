import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type ComparableNumber,
  comparable,
  compareNumbers,
  InexactNumber,
  isExactNumber,
  isRawNumber,
  parseComparableJson,
  parseExactJson,
} from '../../core/exact-number.ts';

/** As an event's numbers are read. */
function number(token: string): ComparableNumber {
  const value = parseComparableJson(token);
  assert.ok(typeof value === 'number' || value instanceof InexactNumber, token);
  return value;
}

/** As a filter's numbers are. */
function asked(token: string): ComparableNumber {
  const value = parseExactJson(token);
  assert.ok(isExactNumber(value), token);
  return comparable(value);
}

const keyOf = (value: ComparableNumber) => (typeof value === 'number' ? value : value.key);

/** Number tokens whose value is `digits` × 10^`power`, and the same scaled to a whole number of 10^-60. */
const token = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: -30, max: 30 }))
  .map(([digits, power]) => ({ text: `${digits}e${power}`, scaled: digits * 10n ** BigInt(power + 60) }));

test('numbers compare as whole numbers of any length do', () => {
  fc.assert(
    fc.property(token, token, (a, b) => {
      const order = Math.sign(compareNumbers(number(a.text), asked(b.text)));
      assert.equal(order, a.scaled === b.scaled ? 0 : a.scaled < b.scaled ? -1 : 1);
      assert.equal(keyOf(number(a.text)) === keyOf(asked(b.text)), a.scaled === b.scaled);
    }),
  );
});

test('numbers beside one double, and beyond all of them, keep their order', () => {
  const rising = [
    '-1e401',
    '-1e400',
    '-1e300',
    '-1e-400',
    '0',
    '1e-401',
    '1e-400',
    '5e-324',
    '0.29999999999999999999',
    '0.3',
    '0.30000000000000000001',
    '0.30000000000000000002',
    '9007199254740991.5',
    '9007199254740992',
    '9007199254740993',
    '9007199254740994',
    '1e400',
    '1.1e400',
  ];
  for (const [i, a] of rising.entries())
    for (const [j, b] of rising.entries())
      assert.equal(Math.sign(compareNumbers(number(a), asked(b))), Math.sign(i - j), `${a} and ${b}`);
});

test('notations of one value are one number', () => {
  for (const same of [
    ['1', '1.0', '10e-1', '0.01E+2'],
    ['0', '-0', '0.00', '0e999', '-0.0e-400'],
    ['9007199254740993', '9007199254740993.000', '9.007199254740993e15', '90071992547409930e-1'],
    ['1e400', '10e399', '0.1e401'],
  ]) {
    assert.deepEqual(new Set(same.map((text) => keyOf(number(text)))).size, 1, same.join());
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
    assert.ok(number(kept) instanceof InexactNumber, kept);
    assert.equal(JSON.stringify(parseExactJson(`{"n":[${kept}]}`)), `{"n":[${kept}]}`);
  }
  for (const plain of ['0', '-1.5', '9007199254740992', '1e100', '0.1', '1e-300', '100000000000000000000']) {
    assert.equal(parseExactJson(plain), Number(plain));
    assert.equal(number(plain), Number(plain));
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
  const compared = parseComparableJson('{"nearest":1,"offset":1,"key":"1","n":9007199254740993}');
  assert.ok(!(compared instanceof InexactNumber));
});
