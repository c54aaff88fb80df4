import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileDataSchema } from '../../../core/event-types/data-schema.ts';

type Json = Readonly<Record<string, unknown>> | boolean;

function faults(schema: Json, data: unknown): readonly string[] {
  const check = compileDataSchema(JSON.stringify(schema));
  assert.ok(typeof check === 'function', JSON.stringify(check));
  return check(JSON.stringify(data)).faults.map(({ pointer, detail }) => `${pointer} ${detail}`);
}

const fits = (schema: Json, data: unknown): boolean => faults(schema, data).length === 0;

test('each fault names the place and what would be right', () => {
  const cases: readonly (readonly [schema: Json, data: unknown, fault: string])[] = [
    [{ type: ['string', 'null'] }, 1, '/data must be of type string or null'],
    [{ properties: { a: { minimum: 2 } } }, { a: 1 }, '/data/a must be at least 2'],
    [{ properties: { a: { exclusiveMaximum: 2.5 } } }, { a: 3 }, '/data/a must be below 2.5'],
    [{ items: { maxLength: 1 } }, ['a', 'bc'], '/data/1 must have at most 1 characters'],
    [{ required: ['a/b'] }, {}, '/data/a~1b is required'],
    [{ additionalProperties: false }, { x: 1 }, '/data/x is a field that the schema does not know'],
    [{ prefixItems: [true], items: false }, [1, 2], '/data/1 is not allowed by the schema'],
    [{ uniqueItems: true }, [{ a: 1 }, { a: 1 }], '/data/1 must not be the same as an element before it'],
    [
      { contains: { const: 1 } },
      [2],
      '/data must contain at least 1 elements of the kind that the schema names',
    ],
    [{ enum: ['a', 'b'] }, 'c', '/data must be one of the values that the schema allows'],
    [{ const: 'a' }, 'c', '/data must be the value that the schema names: "a"'],
    [{ propertyNames: { maxLength: 1 } }, { ab: 1 }, '/data/ab has a name that the schema does not allow'],
    [{ not: {} }, 1, '/data must not fit the schema in "not"'],
    [false, 1, '/data is not allowed by the schema'],
  ];
  for (const [schema, data, fault] of cases) assert.deepEqual(faults(schema, data), [fault]);
});

test('an alternative that fits leaves no trace of those that do not; where none fits, each says why', () => {
  const schema = { anyOf: [{ required: ['a'] }, { required: ['b'] }], required: ['c'] };
  assert.deepEqual(faults(schema, { b: 1 }), ['/data/c is required']);
  assert.deepEqual(faults(schema, { c: 1 }), [
    '/data/a is required',
    '/data/b is required',
    '/data must fit one of the schemas in anyOf',
  ]);
  const one = { oneOf: [{ type: 'integer' }, { minimum: 2 }] };
  assert.deepEqual(faults(one, 3), ['/data must fit exactly one of the schemas in oneOf, and fits several']);
  assert.ok(faults({ anyOf: Array.from({ length: 1_000 }, (_, i) => ({ const: i })) }, -1).length <= 20);
});

test('references lead by pointer, anchor and id, and take the base of the schema they stand in', () => {
  const schema = {
    $id: 'https://example.com/order',
    properties: {
      byPointer: { $ref: '#/$defs/count%20of' },
      byAnchor: { $ref: '#small' },
      byId: { $ref: 'money' },
      byPath: { $ref: 'https://example.com/money#/properties/amount' },
      unknown: { $ref: '#/x-shared/0' },
    },
    $defs: {
      'count of': { type: 'integer' },
      small: { $anchor: 'small', maximum: 9 },
      money: {
        $id: 'money',
        properties: { amount: { $ref: '#amount' } },
        $defs: { a: { $anchor: 'amount', type: 'number' } },
      },
    },
    'x-shared': [{ type: 'boolean' }],
  };
  assert.ok(fits(schema, { byPointer: 1, byAnchor: 9, byId: { amount: 1 }, byPath: 1, unknown: true }));
  for (const broken of [
    { byPointer: 1.5 },
    { byAnchor: 10 },
    { byId: { amount: '' } },
    { byPath: '' },
    { unknown: 1 },
  ]) {
    assert.equal(fits(schema, broken), false, JSON.stringify(broken));
  }
});

test('a dynamic reference leads to the outermost schema that has the anchor', () => {
  const tree = {
    $id: 'https://example.com/tree',
    $dynamicAnchor: 'node',
    type: 'object',
    properties: { data: true, children: { type: 'array', items: { $dynamicRef: '#node' } } },
  };
  const strict = {
    $id: 'https://example.com/strict',
    $dynamicAnchor: 'node',
    $ref: 'tree',
    unevaluatedProperties: false,
    $defs: { tree },
  };
  assert.ok(fits(tree, { children: [{ daat: 1 }] }));
  assert.ok(fits(strict, { children: [{ data: 1, children: [{}] }] }));
  assert.equal(fits(strict, { children: [{ daat: 1 }] }), false);
  assert.equal(fits(strict, { children: [{ children: [{ daat: 1 }] }] }), false);
});

test('what no schema looked at is what none that fits looked at', () => {
  const alternatives = {
    anyOf: [{ properties: { a: { type: 'string' } } }, { properties: { b: true }, required: ['b'] }],
    unevaluatedProperties: false,
  };
  assert.ok(fits(alternatives, { a: 'x' }));
  assert.ok(fits(alternatives, { a: 'x', b: 1 }));
  assert.equal(fits(alternatives, { a: 1, b: 1 }), false, 'the first does not fit, so `a` is unknown');
  assert.equal(
    fits({ allOf: [{ properties: { a: true } }, { unevaluatedProperties: false }] }, { a: 1 }),
    false,
  );
  assert.ok(
    fits(
      { $ref: '#/$defs/a', unevaluatedProperties: false, $defs: { a: { properties: { a: true } } } },
      { a: 1 },
    ),
  );
  const when = {
    if: { properties: { kind: { const: 1 } }, required: ['kind'] },
    // biome-ignore lint/suspicious/noThenProperty: it is a keyword
    then: { properties: { one: true } },
    else: { properties: { other: true } },
    unevaluatedProperties: false,
  };
  assert.ok(fits(when, { kind: 1, one: 1 }));
  assert.equal(
    fits(when, { kind: 2, other: 1 }),
    false,
    'the condition does not hold, so it looked at nothing',
  );
  assert.equal(
    fits({ not: { not: { properties: { a: true } } }, unevaluatedProperties: false }, { a: 1 }),
    false,
  );
  const items = { prefixItems: [true], contains: { type: 'string' }, unevaluatedItems: false };
  assert.ok(fits(items, [1, 'a', 'b']));
  assert.equal(fits(items, [1, 'a', 2]), false);
  assert.equal(fits({ contains: true }, []), false);
  assert.ok(fits({ contains: true, minContains: 0 }, []));
});

test('a schema at fault is refused by the place of the fault', () => {
  const cases: readonly (readonly [schema: Json, pointer: string])[] = [
    [{ properties: { a: { type: 'text' } } }, '/properties/a/type'],
    [{ properties: [] }, '/properties'],
    [{ allOf: [] }, '/allOf'],
    [{ items: [{}] }, '/items'],
    [{ items: 1 }, '/items'],
    [{ $defs: { a: { minLength: -1 } } }, '/$defs/a/minLength'],
    [{ $defs: { a: { maxItems: 1.5 } } }, '/$defs/a/maxItems'],
    [{ required: ['a', 'a'] }, '/required'],
    [{ multipleOf: 0 }, '/multipleOf'],
    [{ enum: [] }, '/enum'],
    [{ $ref: 'other.json' }, '/$ref'],
    [{ $ref: '#/nowhere' }, '/$ref'],
    [{ $ref: '#/properties', properties: { a: 1 } }, '/properties/a'],
    [{ anyOf: [{ $ref: 'http://169.254.169.254/' }] }, '/anyOf/0/$ref'],
    [{ $schema: 'http://json-schema.org/draft-07/schema#' }, '/$schema'],
    [{ $defs: { a: { $anchor: 'x' }, b: { $anchor: 'x' } } }, '/$defs/b/$anchor'],
    [{ $defs: { a: { $id: 'x' }, b: { $id: 'x' } } }, '/$defs/b/$id'],
    [{ $id: 'http://[' }, '/$id'],
    [{ $id: 1 }, '/$id'],
    [{ title: 1 }, '/title'],
    [{ patternProperties: { '[': true } }, '/patternProperties/['],
  ];
  for (const [schema, pointer] of cases) {
    const fault = compileDataSchema(JSON.stringify(schema));
    assert.ok(typeof fault !== 'function', `${pointer} must be refused`);
    assert.equal(fault.pointer, pointer, fault.detail);
  }
});
