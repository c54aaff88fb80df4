import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { compileSchema } from '../../../core/json-schema/compile.ts';
import type { JsonValue } from '../../../core/json-schema/value.ts';

// Ajv judges ours from the outside, wherever it is right: not over prices, names that all objects have, `contains`, or what
// was evaluated (it counts what alternatives that did not fit looked at).

const name = fc.constantFrom('a', 'b', 'c', 'x1');
const value: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<JsonValue>(
      null,
      true,
      false,
      0,
      1,
      2,
      -1,
      1.5,
      '',
      'a',
      'ab',
      'x1',
      '😀',
      '2026-01-02',
      'a@b.co',
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

type Schema = boolean | { readonly [keyword: string]: unknown };
const count = fc.nat({ max: 3 });
const types = fc.constantFrom('null', 'boolean', 'string', 'number', 'integer', 'array', 'object');

const { schema } = fc.letrec<{ schema: Schema }>((tie) => {
  const one = tie('schema');
  const some = fc.array(one, { minLength: 1, maxLength: 3 });
  const byName = fc.dictionary(name, one, { maxKeys: 3, noNullPrototype: true });
  const keywords = fc.record(
    {
      type: fc.oneof(types, fc.uniqueArray(types, { minLength: 1, maxLength: 3 })),
      const: value,
      enum: fc.uniqueArray(value, { minLength: 1, maxLength: 4, selector: (one) => JSON.stringify(one) }),
      multipleOf: fc.constantFrom(1, 2, 3),
      minimum: fc.integer({ min: -1, max: 2 }),
      exclusiveMaximum: fc.integer({ min: 0, max: 3 }),
      minLength: count,
      maxLength: count,
      pattern: fc.constantFrom('^a', 'b$', '\\d', '^(a|b)+$'),
      format: fc.constantFrom('date', 'email', 'uri-reference', 'ipv4', 'something-else'),
      minItems: count,
      maxItems: count,
      uniqueItems: fc.boolean(),
      prefixItems: some,
      items: one,
      required: fc.uniqueArray(name, { maxLength: 2 }),
      minProperties: count,
      maxProperties: count,
      properties: byName,
      patternProperties: fc.dictionary(fc.constantFrom('^a', '\\d'), one, {
        maxKeys: 2,
        noNullPrototype: true,
      }),
      additionalProperties: one,
      propertyNames: one,
      dependentRequired: fc.dictionary(name, fc.uniqueArray(name, { maxLength: 2 }), {
        maxKeys: 2,
        noNullPrototype: true,
      }),
      dependentSchemas: byName,
      allOf: some,
      anyOf: some,
      oneOf: some,
      not: one,
      if: one,
      // biome-ignore lint/suspicious/noThenProperty: it is a keyword
      then: one,
      else: one,
      $ref: fc.constantFrom('#/$defs/leaf', '#/$defs/list', '#/$defs/tree'),
    },
    { requiredKeys: [] },
  );
  return {
    schema: fc.oneof(
      { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
      fc.boolean(),
      // Few keywords at a time: with all of them at once, nothing keeps to anything.
      keywords.chain((all) =>
        fc
          .subarray(Object.keys(all), { maxLength: 4 })
          .map((kept) =>
            Object.fromEntries(Object.entries(all).filter(([keyword]) => kept.includes(keyword))),
          ),
      ),
    ),
  };
});

/** What references may lead to; each goes into the data before it comes back to itself. */
const $defs = {
  leaf: { type: ['string', 'integer'] },
  list: { type: 'array', items: { $ref: '#/$defs/leaf' } },
  tree: { type: 'object', properties: { a: { $ref: '#/$defs/tree' }, b: { $ref: '#/$defs/list' } } },
};

test('a value fits a schema if Ajv finds that it does', () => {
  const ajv = new Ajv2020({ strict: false, logger: false });
  addFormats.default(ajv);
  let fitting = 0;
  fc.assert(
    fc.property(schema, fc.array(value, { minLength: 1, maxLength: 5 }), (inner, values) => {
      const whole = { $defs, ...(typeof inner === 'boolean' ? { allOf: [inner] } : inner) };
      const judge = ajv.compile(whole);
      const ours = compileSchema(whole as JsonValue, 1_000);
      for (const one of values) {
        const expected = verdictOf(judge, one);
        if (expected === null) continue;
        const faults = ours.faultsOf(one, 1_000_000);
        assert.equal(faults.length === 0, expected, JSON.stringify([whole, one, faults]));
        if (expected) fitting++;
      }
    }),
    { numRuns: 400 },
  );
  assert.ok(fitting > 100, 'enough of them fit for the test to mean something');
});

/** Null where Ajv's own code fails, as it does over `additionalProperties: true` inside an alternative. */
function verdictOf(judge: ValidateFunction, one: JsonValue): boolean | null {
  try {
    return judge(one);
  } catch {
    return null;
  }
}
