import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate } from '../../../local/metrics/expression.ts';

const values = (known: Readonly<Record<string, number>>) => (id: string) => known[id] ?? null;

for (const [expression, known, expected] of [
  ['1 + 2 * 3 - 4 / 2', {}, 5],
  ['(1 + 2) * 3', {}, 9],
  ['a > 2 AND b == 0', { a: 3, b: 0 }, 1],
  ['a > 2 AND b == 0 OR 1', { a: 1, b: 0 }, 1],
  ['a + b', { a: 1 }, null],
  ['FILL(a,0) + FILL(b,7)', { a: 1 }, 8],
  ['SUM([a,b,c])', { a: 1, c: 2 }, 3],
  ['MAX([FILL(a,0),FILL(b,0)])', { b: 5 }, 5],
  ['SUM([a,b])', {}, null],
  ['IF(a >= 50 AND a * 4 > b, 1, 0)', { a: 50, b: 199 }, 1],
  ['IF(a >= 50 AND a * 4 > b, 1, 0)', { a: 50, b: 200 }, 0],
  ['a / b', { a: 1, b: 0 }, null],
] as const) {
  test(`${expression} with ${JSON.stringify(known)} is ${expected}`, () => {
    assert.equal(evaluate(expression, values(known)), expected);
  });
}

test('what cannot be read is an error, not a number', () => {
  for (const bad of ['a +', '1 2', 'RATE(a)', '(1', '#', 'SUM([a)']) {
    assert.throws(() => evaluate(bad, values({ a: 1 })), bad);
  }
});
