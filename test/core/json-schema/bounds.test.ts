import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENT_TYPE } from '../../../contract/limits.ts';
import { compileDataSchema } from '../../../core/event-types/data-schema.ts';

type Schema = Readonly<Record<string, unknown>>;

function refused(schema: Schema): string {
  const fault = compileDataSchema(JSON.stringify(schema));
  assert.ok(typeof fault !== 'function', 'it must be refused');
  return `${fault.pointer} ${fault.detail}`;
}

function judge(schema: Schema, data: unknown) {
  const check = compileDataSchema(JSON.stringify(schema));
  assert.ok(typeof check === 'function', JSON.stringify(check));
  return check(JSON.stringify(data));
}

const times = <T>(count: number, make: (i: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** Each of them twice the one after it. */
const doubling = (levels: number): Schema => ({
  $ref: '#/$defs/d0',
  $defs: Object.fromEntries(
    times(levels, (i) => {
      const next = i + 1 < levels ? { $ref: `#/$defs/d${i + 1}` } : { type: 'string' };
      return [`d${i}`, { anyOf: [next, next] }] as const;
    }),
  ),
});

test('C106: a schema that leads back to itself without going into the data is refused, whichever way it goes', () => {
  const endless: readonly Schema[] = [
    { $ref: '#' },
    { allOf: [{ $ref: '#' }] },
    { anyOf: [{ type: 'string' }, { not: { $ref: '#' } }] },
    { oneOf: [{ $ref: '#/oneOf/0' }] },
    { if: { $ref: '#' } },
    { if: true, else: { $ref: '#' } },
    { dependentSchemas: { a: { $ref: '#' } } },
    { dependencies: { a: { $ref: '#' } } },
    { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' },
    { properties: { x: { allOf: [{ $ref: '#/properties/x' }] } } },
    { $dynamicAnchor: 'node', allOf: [{ $dynamicRef: '#node' }] },
    { $id: 'https://example.com/a', allOf: [{ $id: 'b', $ref: 'a' }] },
    { $anchor: 'here', anyOf: [{ $ref: '#here' }] },
  ];
  for (const schema of endless) assert.match(refused(schema), /leads back to itself/, JSON.stringify(schema));
  const tree = { properties: { left: { $ref: '#' }, right: { $ref: '#' } }, items: { $ref: '#' } };
  assert.deepEqual(judge(tree, { left: { right: [{ left: 1 }] } }).faults, []);
});

test('C106: schemas that branch or lie inside each other beyond measure are refused', () => {
  assert.match(refused(doubling(40)), /more than 10000 schemas against one value/);
  assert.deepEqual(judge(doubling(8), 'x').faults, []);
  const chain = Object.fromEntries(times(200, (i) => [`d${i}`, { $ref: `#/$defs/d${i + 1}` }] as const));
  const long = { $ref: '#/$defs/d0', $defs: { ...chain, d200: { type: 'string' } } };
  assert.match(refused(long), /inside each other/);
});

test('C106: patterns are refused where they need too much, and cost no more than their text where they do not', () => {
  assert.match(
    refused({ pattern: '(?:a{1000}){1000}' }),
    /^\/pattern can't be used: it needs more than 10000/,
  );
  assert.match(
    refused({ patternProperties: { '(a)\\1': true } }),
    /^\/patternProperties\/\(a\)\\1 .*refers back/,
  );
  const many = { allOf: times(20, (i) => ({ pattern: `a{1,1000}${i}` })) };
  assert.match(refused(many), /states/, 'together they need too much');
  const dear = '^([a-zA-Z0-9]+\\.?)+@x\\.com$';
  const text = `${'a'.repeat(4_000)}!`;
  assert.equal(judge({ pattern: dear }, text).cutShort, false);
  assert.deepEqual(judge({ pattern: dear }, text).faults.length, 1);
  assert.equal(judge({ patternProperties: { [dear]: true } }, { [text]: 1 }).cutShort, false);
  assert.equal(judge({ propertyNames: { pattern: dear } }, { [text]: 1 }).faults.length, 1);
  assert.equal(
    judge({ items: { format: 'email' } }, [`${'a'.repeat(100_000)}@${'b'.repeat(100_000)}!`]).cutShort,
    false,
  );
});

/** Schemas and data that would take for ever, or for longer than an event is worth. */
const TOO_MUCH: readonly (readonly [what: string, schema: Schema, data: unknown])[] = [
  [
    'three ways into each of 60 levels',
    { anyOf: times(3, () => ({ minItems: 1, items: { $ref: '#' } })) },
    times(60, () => 0).reduce<unknown>((inner) => [inner], []),
  ],
  [
    'the same by members',
    { oneOf: times(3, () => ({ required: ['a'], properties: { a: { $ref: '#' } } })) },
    times(60, () => 0).reduce<unknown>((a) => ({ a }), {}),
  ],
  ['a long text measured often', { anyOf: times(1_500, () => ({ maxLength: 10 })) }, 'x'.repeat(40_000)],
  [
    'many names listed often',
    { allOf: times(1_500, () => ({ minProperties: 1 })) },
    Object.fromEntries(times(4_000, (i) => [`k${i}`, 1] as const)),
  ],
  [
    'elements compared with each other often',
    { allOf: times(1_500, () => ({ uniqueItems: true })) },
    times(8_000, (i) => i),
  ],
  [
    'many patterns at many names',
    { patternProperties: Object.fromEntries(times(900, (i) => [`x${i}+y+z`, true] as const)) },
    Object.fromEntries(times(2_000, (i) => [`xxxxxxxxxxxxxxxx${i}`, 1] as const)),
  ],
];

test('C106: what takes too many steps ends, says so, and ends at the same place each time', () => {
  for (const [what, schema, data] of TOO_MUCH) {
    const first = judge(schema, data);
    assert.equal(first.cutShort, true, what);
    assert.match(first.faults[0]?.detail ?? '', /takes more than \d+ steps/);
    assert.deepEqual(judge(schema, data), first);
  }
  const check = compileDataSchema(`{"anyOf":[${times(900, () => '{"multipleOf":7}').join()}]}`);
  assert.ok(typeof check === 'function');
  assert.equal(check('1'.repeat(50_000)).cutShort, true, 'a number of 50,000 digits, divided often');
});

test('C106: what events are usually held to stays far within the steps they are given', () => {
  const line = {
    type: 'object',
    required: ['sku'],
    properties: {
      sku: { type: 'string', pattern: '^[a-z0-9-]+$', maxLength: 40 },
      total: { multipleOf: 0.01, minimum: 0 },
      at: { format: 'date-time' },
      to: { format: 'email' },
    },
    additionalProperties: false,
  };
  const lines = times(2_000, (i) => ({
    sku: `sku-${i}`,
    total: 19.99,
    at: '2026-01-02T03:04:05Z',
    to: 'ada@example.com',
  }));
  assert.deepEqual(judge({ items: line, uniqueItems: true }, lines), { faults: [], cutShort: false });
  const numbers = times(40_000, (i) => i);
  const plain = { items: { type: 'integer', minimum: 0, maximum: 40_000 }, uniqueItems: true };
  assert.deepEqual(judge(plain, numbers), { faults: [], cutShort: false });
  const base64 = { pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$' };
  assert.deepEqual(judge(base64, 'QUJD'.repeat(60_000)), { faults: [], cutShort: false });
  const kinds = times(100, (i) => ({
    properties: { kind: { const: `k${i}` }, n: { type: 'number' } },
    required: ['kind'],
  }));
  assert.deepEqual(judge({ oneOf: kinds }, { kind: 'k99', n: 1 }), { faults: [], cutShort: false });
});

test('the largest schemas compile without recursion that could overflow, and small as well as large', () => {
  const size = (schema: Schema): Schema => {
    const bytes = JSON.stringify(schema).length;
    assert.ok(bytes > EVENT_TYPE.maxSchemaBytes / 2 && bytes <= EVENT_TYPE.maxSchemaBytes, String(bytes));
    return schema;
  };
  const wide = Object.fromEntries(times(600, (i) => [`p${i}`, { type: 'string', maxLength: 5 }] as const));
  const repeated = size({
    $defs: { a: { properties: wide } },
    allOf: times(200, () => ({ $ref: '#/$defs/a' })),
  });
  assert.deepEqual(judge(repeated, { p1: 'x' }).cutShort, true);
  const consts = size({ anyOf: times(1_500, (i) => ({ const: i })) });
  assert.deepEqual(judge(consts, 1_499).faults, []);
  const values = size({ enum: times(4_000, (i) => `v${i}`) });
  assert.deepEqual(judge(values, 'v3999').faults, []);
  const $defs = Object.fromEntries(
    times(700, (i) => [`d${i}`, { items: { $ref: `#/$defs/d${(i + 1) % 700}` } }] as const),
  );
  assert.deepEqual(judge(size({ $ref: '#/$defs/d0', $defs }), [[[]]]).faults, []);
});
