import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parsePattern } from '../../../core/fan-out/event-pattern.ts';
import { compilePattern, filterView } from '../../../core/fan-out/match-pattern.ts';
import { Steps } from '../../../core/fan-out/match-steps.ts';

type Data = Readonly<Record<string, unknown>>;

function matches(asked: unknown, data: unknown): boolean {
  const { pattern: made, faults } = parsePattern({ data: asked });
  assert.ok(made, JSON.stringify(faults));
  const view = filterView({ type: 't', subject: null, metadata: {}, data: JSON.stringify(data) });
  return compilePattern(made)(view, new Steps()) === 'match';
}

/** Few words, so that patterns meet events often. */
const word = fc.constantFrom('', 'a', 'b', 'ab', 'AB', 'aab', 'é', 'É', '*', '10.0.0.1');
const count = fc.constantFrom(0, -1, 1, 1.5, 300);
const scalar = fc.oneof(word, count, fc.boolean(), fc.constant(null));
const name = fc.constantFrom('a', 'b', '__proto__');

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3 }),
  ),
}));
const data = fc.dictionary(name, value, { minKeys: 1, maxKeys: 3 }) as fc.Arbitrary<Data>;

const wildcard = fc.constantFrom('*', 'a*', '*b', 'a*b', '*a*', 'a\\*');
const someOf = <T>(one: fc.Arbitrary<T>) => fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 3 }));
const full = word.filter((text) => text !== '');
const excluded = fc.oneof(
  someOf(word),
  someOf(count),
  fc.record({ prefix: someOf(full) }),
  fc.record({ suffix: someOf(full) }),
  fc.record({ 'equals-ignore-case': someOf(word) }),
  fc.record({ wildcard: someOf(wildcard) }),
);
const condition = fc.oneof(
  { weight: 3, arbitrary: scalar },
  fc.record({ prefix: word }),
  fc.record({ suffix: word }),
  fc.record({ prefix: fc.record({ 'equals-ignore-case': word }) }),
  fc.record({ 'equals-ignore-case': word }),
  fc.record({ wildcard }),
  fc.record({ exists: fc.boolean() }),
  fc.record({ cidr: fc.constant('10.0.0.0/8') }),
  fc.record({ numeric: fc.tuple(fc.constantFrom('=', '<', '<=', '>', '>='), count) }),
  fc.record({ 'anything-but': excluded }),
);
const oneOf = fc.array(condition, { minLength: 1, maxLength: 3 });
const { pattern } = fc.letrec((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'xsmall' },
    fc.dictionary(name, fc.oneof(oneOf, tie('pattern')), { minKeys: 1, maxKeys: 2 }),
    fc.record({ $or: fc.array(tie('pattern'), { minLength: 2, maxLength: 3 }) }),
  ),
}));
const patterns = pattern.filter(
  (made) => parsePattern({ data: made }).pattern !== undefined,
) as fc.Arbitrary<Data>;

test('a condition more never widens a match', () => {
  fc.assert(
    fc.property(patterns, fc.constantFrom('a', 'b', 'c'), oneOf, data, (before, field, more, event) => {
      fc.pre(!Object.hasOwn(before, field));
      if (matches({ ...before, [field]: more }, event)) assert.ok(matches(before, event));
    }),
    { numRuns: 1_000 },
  );
});

test('a value more in a list never narrows a match', () => {
  fc.assert(
    fc.property(oneOf, condition, data, (list, more, event) => {
      if (matches({ a: list }, event)) assert.ok(matches({ a: [...list, more] }, event));
    }),
    { numRuns: 1_000 },
  );
});

test('$or is the union of its alternatives, and the order does not matter', () => {
  fc.assert(
    fc.property(fc.array(patterns, { minLength: 2, maxLength: 3 }), data, (branches, event) => {
      fc.pre(parsePattern({ data: { $or: branches } }).pattern !== undefined);
      const union = branches.some((branch) => matches(branch, event));
      assert.equal(matches({ $or: branches }, event), union);
      assert.equal(matches({ $or: branches.toReversed() }, event), union);
    }),
    { numRuns: 1_000 },
  );
});

test('anything-but is the complement on values that are there', () => {
  fc.assert(
    fc.property(excluded, scalar, (none, present) => {
      const positive =
        typeof none !== 'object' || Array.isArray(none)
          ? [none].flat()
          : Object.entries(none).flatMap(([operator, operand]) =>
              [operand].flat().map((one) => ({ [operator]: one })),
            );
      assert.equal(
        matches({ a: [{ 'anything-but': none }] }, { a: present }),
        !matches({ a: positive }, { a: present }),
      );
      assert.ok(!matches({ a: [{ 'anything-but': none }] }, {}));
    }),
    { numRuns: 1_000 },
  );
});

test('present is the complement of absent', () => {
  fc.assert(
    fc.property(data, (event) => {
      assert.notEqual(matches({ a: [{ exists: true }] }, event), matches({ a: [{ exists: false }] }, event));
    }),
  );
});

test('a pattern made from an event matches that event', () => {
  fc.assert(
    fc.property(data, (event) => {
      const made = patternOf(event);
      fc.pre(made !== null);
      assert.ok(matches(made, event));
    }),
    { numRuns: 500 },
  );
});

test('a wildcard matches what the regular expression of its parts matches', () => {
  const letters = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 8 });
  const text = fc.array(fc.constantFrom('a', 'b'), { maxLength: 12 });
  fc.assert(
    fc.property(letters, text, (pieces, characters) => {
      const made = pieces.join('').replaceAll(/\*+/g, '*');
      const expected = new RegExp(`^${made.replaceAll('*', '.*')}$`, 's').test(characters.join(''));
      assert.equal(matches([{ wildcard: made }], characters.join('')), expected);
    }),
    { numRuns: 2_000 },
  );
});

/** Asks for each value by itself; of an array, for what its first object holds, or its values. Null: nothing to ask. */
function patternOf(event: unknown): unknown {
  if (Array.isArray(event)) {
    const flat: readonly unknown[] = event.flat(10);
    const object = flat.find((one) => typeof one === 'object' && one !== null);
    return object === undefined ? (flat.length > 0 ? flat : null) : patternOf(object);
  }
  if (typeof event !== 'object' || event === null) return [event];
  const entries = Object.entries(event).flatMap(([key, inner]) => {
    const made = patternOf(inner);
    return made === null ? [] : [[key, made] as const];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : null;
}
