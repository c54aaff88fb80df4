import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FILTER } from '../../../contract/limits.ts';
import { parseExactJson } from '../../../core/exact-number.ts';
import { parsePattern } from '../../../core/fan-out/event-pattern.ts';
import { ROOT } from '../../support/source-files.ts';

/** Pointers of the faults of a filter. */
function pointers(filter: unknown): readonly string[] {
  return (parsePattern(filter).faults ?? []).map((fault) => fault.pointer);
}

/** Operands of conditions on `data.x` that are refused, and where. */
const REFUSED: readonly (readonly [condition: string, pointer: string])[] = [
  ['{}', ''],
  ['[]', ''],
  ['[["a"]]', '/0'],
  ['[{}]', '/0'],
  ['[{"prefix":"a","suffix":"b"}]', '/0'],
  ['[{"contains":"a"}]', '/0/contains'],
  ['[{"constructor":"a"}]', '/0/constructor'],
  ['[{"__proto__":"a"}]', '/0/__proto__'],
  ['["ok",{"prefix":1}]', '/1/prefix'],
  ['[{"prefix":{"wildcard":"a"}}]', '/0/prefix/wildcard'],
  ['[{"suffix":{"equals-ignore-case":1}}]', '/0/suffix/equals-ignore-case'],
  ['[{"equals-ignore-case":null}]', '/0/equals-ignore-case'],
  ['[{"wildcard":"a**b"}]', '/0/wildcard'],
  ['[{"wildcard":"a\\\\b"}]', '/0/wildcard'],
  ['[{"wildcard":"a\\\\"}]', '/0/wildcard'],
  ['[{"exists":"true"}]', '/0/exists'],
  ['[{"cidr":"10.0.0.0"}]', '/0/cidr'],
  ['[{"cidr":"10.0.0.0/33"}]', '/0/cidr'],
  ['[{"cidr":"10.0.0/8"}]', '/0/cidr'],
  ['[{"cidr":"fe80::1%eth0/64"}]', '/0/cidr'],
  ['[{"cidr":"::/129"}]', '/0/cidr'],
  ['[{"numeric":">"}]', '/0/numeric'],
  ['[{"numeric":[]}]', '/0/numeric'],
  ['[{"numeric":["~",1]}]', '/0/numeric/0'],
  ['[{"numeric":[">"]}]', '/0/numeric/1'],
  ['[{"numeric":[">","1"]}]', '/0/numeric/1'],
  ['[{"numeric":[">",0,"<",null]}]', '/0/numeric/3'],
  ['[{"numeric":[">",5,"<",5]}]', '/0/numeric'],
  ['[{"numeric":["<",5,">",0]}]', '/0/numeric'],
  ['[{"numeric":["=",5,"<",9]}]', '/0/numeric'],
  ['[{"numeric":[">",0,"<",9,"<",8]}]', '/0/numeric'],
  ['[{"numeric":[">",1e401,"<",1e400]}]', '/0/numeric'],
  ['[{"anything-but":[]}]', '/0/anything-but'],
  ['[{"anything-but":null}]', '/0/anything-but'],
  ['[{"anything-but":["a",1]}]', '/0/anything-but'],
  ['[{"anything-but":["a",true]}]', '/0/anything-but/1'],
  ['[{"anything-but":{"numeric":["=",1]}}]', '/0/anything-but/numeric'],
  ['[{"anything-but":{"prefix":""}}]', '/0/anything-but/prefix'],
  ['[{"anything-but":{"suffix":["a",""]}}]', '/0/anything-but/suffix/1'],
  ['[{"anything-but":{"prefix":{"equals-ignore-case":"a"}}}]', '/0/anything-but/prefix'],
  ['"a"', ''],
  ['null', ''],
  ['9007199254740993', ''],
];

test('a condition that is not one is refused, with the place of the fault', () => {
  for (const [condition, pointer] of REFUSED) {
    assert.deepEqual(
      pointers(parseExactJson(`{"data":{"x":${condition}}}`)),
      [`/data/x${pointer}`],
      condition,
    );
  }
});

test('a filter is about type, subject, metadata and data; anything else is refused by name', () => {
  for (const [filter, wrong] of [
    ['{"source":["a"]}', ['/source']],
    ['{"id":["a"],"tenant":["b"],"type":["c"]}', ['/id', '/tenant']],
    ['{"__proto__":["a"],"constructor":["b"]}', ['/__proto__', '/constructor']],
    ['{"$or":[{"type":["a"]},{"detail":{"a":[1]}}]}', ['/$or/1/detail']],
    ['{"type":{"a":["b"]}}', ['/type']],
    ['{"metadata":["a"]}', ['/metadata']],
    ['{"data":{"detail":["free"],"$or":[{"source":["a"]},{"b":[1]}]}}', []],
  ] as const) {
    assert.deepEqual(pointers(parseExactJson(filter)), wrong, filter);
  }
});

test('the filter itself must be an object with something in it, and so must each alternative', () => {
  for (const filter of [{}, [], 'a', 1, null, undefined, true]) {
    assert.deepEqual(pointers(filter), [''], JSON.stringify(filter));
  }
  assert.deepEqual(pointers({ $or: [] }), ['/$or']);
  assert.deepEqual(pointers({ $or: [{ type: ['a'] }] }), ['/$or']);
  assert.deepEqual(pointers({ $or: { type: ['a'] } }), ['/$or']);
  assert.deepEqual(pointers({ $or: [{ type: ['a'] }, {}, 1] }), ['/$or/1', '/$or/2']);
});

test('all faults are named at once, below the place of the filter, in escaped pointers', () => {
  const filter = { 'a/b': [1], data: { '~x': [{ prefix: 1 }, { exists: 1 }], y: [] } };
  const { faults = [] } = parsePattern(filter, '/filter');
  assert.deepEqual(
    faults.map((fault) => fault.pointer),
    ['/filter/a~1b', '/filter/data/~0x/0/prefix', '/filter/data/~0x/1/exists', '/filter/data/y'],
  );
  for (const { detail } of faults) assert.match(detail, /^(must|is|has) /);
});

test('numbers that were rounded beyond the range of doubles are refused', () => {
  assert.deepEqual(
    pointers({ data: [Number.POSITIVE_INFINITY, { numeric: ['>', Number.NEGATIVE_INFINITY] }] }),
    ['/data/0', '/data/1/numeric/1'],
  );
});

test('size, depth, fields and conditions have a bound, and what fits it is taken', () => {
  const nested = (levels: number): unknown => (levels === 0 ? [1] : { a: nested(levels - 1) });
  const fields = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, [1]]));
  const prefixes = (count: number) => Array.from({ length: count }, (_, i) => ({ prefix: `p${i}` }));
  const words = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`);
  const bytes = (count: number) => ({ data: ['x'.repeat(count - '{"data":[""]}'.length)] });
  for (const [fits, over] of [
    [bytes(FILTER.maxBytes), bytes(FILTER.maxBytes + 1)],
    [{ data: nested(FILTER.maxDepth - 2) }, { data: nested(FILTER.maxDepth - 1) }],
    [{ data: fields(FILTER.maxFields - 1) }, { data: fields(FILTER.maxFields) }],
    [{ data: prefixes(FILTER.maxConditions) }, { data: prefixes(FILTER.maxConditions + 1) }],
    [
      { data: [{ 'anything-but': { suffix: words(FILTER.maxConditions) } }] },
      { data: [{ 'anything-but': { suffix: words(FILTER.maxConditions + 1) } }] },
    ],
    [{ data: words(1_000) }, { data: words(2_000) }],
  ] as const) {
    assert.deepEqual(pointers(fits), []);
    assert.deepEqual(pointers(over), ['']);
  }
});

test('the examples of docs/filters.md are filters', () => {
  const page = readFileSync(join(ROOT, 'docs/filters.md'), 'utf8');
  const blocks = [...page.matchAll(/```json\n(.*?)```/gs)].map((block) => block[1] ?? '');
  const [subscription = '', alone = ''] = blocks;
  const filters = [
    JSON.parse(subscription).filter,
    ...alone
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ];
  assert.equal(filters.length, 4);
  for (const filter of filters) assert.deepEqual(pointers(filter), [], JSON.stringify(filter));
  const conditions = [...page.matchAll(/^\| (`\{.*?`)/gm)].flatMap((row) => [
    ...(row[1] ?? '').matchAll(/`(\{.*?\})`/g),
  ]);
  assert.ok(conditions.length > 8);
  for (const [, condition = ''] of conditions)
    assert.deepEqual(pointers({ data: [JSON.parse(condition)] }), [], condition);
});
