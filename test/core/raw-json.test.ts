import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scanRawJson } from '../../core/raw-json.ts';

const space = fc.string({ unit: fc.constantFrom(' ', '\n', '\r', '\t'), maxLength: 3 });

/** A character as some writer may put it into a string: as it is, or one of its escapes. */
const written = fc
  .tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), fc.boolean())
  .map(([char, escaped]) => {
    if (!escaped) return JSON.stringify(char).slice(1, -1);
    return [...Array(char.length).keys()]
      .map((i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join('');
  });
const rawString = fc.oneof(
  fc.array(written, { maxLength: 6 }).map((chars) => `"${chars.join('')}"`),
  fc.constantFrom('"\\\\"', '"\\""', '"{"', '"]"', '"a,b:c"', '"\\\\\\""', '"\\ud800"', '"\\/"'),
);
const rawScalar = fc.oneof(
  rawString,
  fc.constantFrom('null', 'true', 'false', '0', '-0', '1.0', '1e400', '9007199254740993', '1E+2', '-1.50e-7'),
);

/** Arbitrary JSON text with arbitrary white space between all tokens. */
const { rawValue } = fc.letrec<{ rawValue: string; container: string }>((tie) => ({
  rawValue: fc.oneof({ maxDepth: 4, withCrossShrink: true }, rawScalar, tie('container')),
  container: fc.oneof(
    fc
      .array(fc.tuple(space, tie('rawValue'), space), { maxLength: 4 })
      .map((items) => `[${items.map((item) => item.join('')).join(',') || ' '}]`),
    fc
      .array(fc.tuple(space, rawString, space, fc.constant(':'), space, tie('rawValue'), space), {
        maxLength: 4,
      })
      .map((members) => `{${members.map((member) => member.join('')).join(',') || '\n'}}`),
  ),
}));

test('the members of an object come back token for token, whatever white space is around them', () => {
  const member = fc.tuple(rawString, rawValue);
  fc.assert(
    fc.property(
      fc.array(member, { maxLength: 5 }),
      fc.array(space, { minLength: 40, maxLength: 40 }),
      (members, spaces) => {
        let i = 0;
        const s = (): string => spaces[i++ % spaces.length] ?? '';
        const body = members.map(([key, value]) => `${s()}${key}${s()}:${s()}${value}${s()}`).join(',');
        const scanned = scanRawJson(`${s()}{${body || s()}}${s()}`);
        assert.equal(scanned.kind, 'object');
        assert.deepEqual(
          scanned.parts,
          members.map(([key, raw]) => ({ key: JSON.parse(key), raw })),
        );
      },
    ),
  );
});

test('the elements of an array come back token for token', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(space, rawValue, space), { maxLength: 5 }), (elements) => {
      const scanned = scanRawJson(`[${elements.map((element) => element.join('')).join(',') || ' '}]`);
      assert.equal(scanned.kind, 'array');
      assert.deepEqual(
        scanned.parts,
        elements.map(([, raw]) => ({ key: '', raw })),
      );
    }),
  );
});

test('the depth is the one a recursive count finds, or more where a repeated name hid a value', () => {
  const depthOf = (value: unknown): number =>
    typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
  fc.assert(
    fc.property(rawValue, (text) => {
      // Of a repeated name JSON.parse keeps the last value, so it may see less.
      assert.ok(scanRawJson(text).depth >= depthOf(JSON.parse(text)));
    }),
  );
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      assert.equal(scanRawJson(JSON.stringify(value)).depth, depthOf(JSON.parse(JSON.stringify(value))));
    }),
  );
});

test('C009: a hundred thousand levels are counted, not recursed into', () => {
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    const text = `{"data":${open.repeat(100_000)}1${close.repeat(100_000)}}`;
    assert.deepEqual(scanRawJson(text), {
      kind: 'object',
      parts: [{ key: 'data', raw: text.slice(8, -1) }],
      depth: 100_001,
    });
  }
});

test('C007: a repeated name shows, however it is written', () => {
  const keys = scanRawJson('{"type":1,"t\\u0079pe":2,"TYPE":3}').parts.map((part) => part.key);
  assert.deepEqual(keys, ['type', 'type', 'TYPE']);
});

test('C008: a name like __proto__ is a name', () => {
  const text = '{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}}}';
  assert.deepEqual(scanRawJson(text).parts, [
    { key: '__proto__', raw: '{"admin":true}' },
    { key: 'constructor', raw: '{"prototype":{"x":1}}' },
  ]);
  assert.equal('admin' in {}, false);
});

test('a scalar has no parts and no depth', () => {
  for (const text of ['null', ' 42 ', '"{}"', 'true']) {
    assert.deepEqual(scanRawJson(text), { kind: 'scalar', parts: [], depth: 0 }, text);
  }
});
