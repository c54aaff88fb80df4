import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ComparableNumber, compareNumbers, parseComparableJson } from '../../../core/exact-number.ts';
import { compileRanges } from '../../../core/fan-out/match-number.ts';
import { Steps } from '../../../core/fan-out/match-steps.ts';
import type { Bound } from '../../../core/fan-out/pattern-condition.ts';

const number = fc
  .constantFrom('0', '1', '2', '3', '1.00000000000000000001', '1.99999999999999999999', '-1e400', '1e400')
  .map((token) => parseComparableJson(token) as ComparableNumber);
const one = fc.record({ operator: fc.constantFrom('=', '<', '<=', '>', '>='), number });
const two = fc
  .tuple(fc.constantFrom('>', '>='), number, fc.constantFrom('<', '<='), number)
  .filter(([, low, , high]) => compareNumbers(low, high) < 0)
  .map(([above, low, below, high]): readonly Bound[] => [
    { operator: above, number: low },
    { operator: below, number: high },
  ]);
const condition: fc.Arbitrary<readonly Bound[]> = fc.oneof(
  one.map((bound) => [bound]),
  two,
);

function holds({ operator, number: bound }: Bound, value: ComparableNumber): boolean {
  const order = compareNumbers(value, bound);
  if (order === 0) return operator.endsWith('=');
  return operator.startsWith(order < 0 ? '<' : '>');
}

test('a number is in some ranges if it is in one of them, wherever they meet, overlap or hold each other', () => {
  fc.assert(
    fc.property(fc.array(condition, { minLength: 1, maxLength: 6 }), number, (conditions, value) => {
      const steps = new Steps();
      steps.begin();
      const expected = conditions.some((bounds) => bounds.every((bound) => holds(bound, value)));
      assert.equal(compileRanges(conditions)(value, steps), expected);
    }),
    { numRuns: 5_000 },
  );
});
