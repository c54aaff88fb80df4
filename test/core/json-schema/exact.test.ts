import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileDataSchema } from '../../../core/event-types/data-schema.ts';

/** What is wrong with data, by pointer. Both are JSON text, so that numbers are what was written. */
function faults(schema: string, data: string): readonly string[] {
  const check = compileDataSchema(schema);
  assert.ok(typeof check === 'function', JSON.stringify(check));
  return check(data).faults.map(({ pointer }) => pointer);
}

const FITS: readonly (readonly [schema: string, data: string])[] = [
  ...['19.99', '0.29', '1.15', '4.35', '0', '-7.10', '1e3', '100000000000000000000.01', '1e400'].map(
    (total) => ['{"multipleOf":0.01}', total] as const,
  ),
  ['{"multipleOf":1e-400}', '3e-400'],
  ['{"multipleOf":9007199254740993}', '18014398509481986'],
  ['{"multipleOf":0.2}', '1e999999999999999999999'],
  ['{"const":9007199254740993}', '9007199254740993.0'],
  ['{"enum":[1,9007199254740993]}', '9007199254740993'],
  ['{"maximum":9007199254740993}', '9007199254740993'],
  ['{"minimum":9007199254740993}', '9007199254740993'],
  ['{"exclusiveMaximum":9007199254740993}', '9007199254740992'],
  ['{"exclusiveMinimum":0.1}', '0.10000000000000000001'],
  ['{"type":"integer"}', '1e400'],
  ['{"type":"integer"}', '9007199254740993.0'],
  ['{"type":"number"}', '1e400'],
  ['{"uniqueItems":true}', '[9007199254740992,9007199254740993]'],
  ['{"const":{"a":[1.0],"b":null}}', '{"b":null,"a":[10e-1]}'],
  ['{"format":"int64"}', '9223372036854775807'],
];

const DOES_NOT: readonly (readonly [schema: string, data: string])[] = [
  ...['0.001', '19.999', '1e-3', '100000000000000000000.001'].map(
    (total) => ['{"multipleOf":0.01}', total] as const,
  ),
  ['{"multipleOf":0.7}', '1e999999999999999999999'],
  ['{"const":9007199254740993}', '9007199254740992'],
  ['{"enum":[1,9007199254740993]}', '9007199254740992'],
  ['{"maximum":9007199254740992}', '9007199254740993'],
  ['{"minimum":9007199254740993}', '9007199254740992'],
  ['{"exclusiveMaximum":9007199254740993}', '9007199254740993'],
  ['{"exclusiveMinimum":0.1}', '0.1'],
  ['{"type":"integer"}', '9007199254740993.5'],
  ['{"type":"integer"}', '1.00000000000000000001'],
  ['{"type":"object"}', '9007199254740993'],
  ['{"uniqueItems":true}', '[9007199254740993,1,9007199254740993.0]'],
  ['{"const":{"a":9007199254740993}}', '{"a":9007199254740992}'],
  ['{"format":"int64"}', '9223372036854775808'],
  ['{"format":"int32"}', '2147483648'],
];

test('C104: numbers are judged by their tokens: prices by hundredths, and bounds beyond 2^53', () => {
  for (const [schema, data] of FITS) assert.deepEqual(faults(schema, data), [], `${data} fits ${schema}`);
  for (const [schema, data] of DOES_NOT) {
    assert.equal(faults(schema, data).length, 1, `${data} does not fit ${schema}`);
  }
});

test('C104: each amount of whole cents is a multiple of 0.01, and half a cent more is not', () => {
  const check = compileDataSchema('{"multipleOf":0.01}');
  assert.ok(typeof check === 'function');
  fc.assert(
    fc.property(fc.nat({ max: 10_000_000 }), fc.nat({ max: 99 }), (units, cents) => {
      const amount = `${units}.${String(cents).padStart(2, '0')}`;
      assert.deepEqual(check(amount).faults, [], amount);
      assert.equal(check(`${amount}5`).faults.length, 1, `${amount}5`);
    }),
  );
});

test('C105: names that every object has mean no more than others', () => {
  const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__', '__defineGetter__'];
  for (const name of names) {
    const properties = `{"properties":{"${name}":{"type":"string"}}}`;
    assert.deepEqual(faults(properties, '{}'), [], name);
    assert.deepEqual(faults(properties, `{"${name}":1}`), [`/data/${name}`]);
    assert.deepEqual(faults(properties, `{"${name}":"x"}`), []);
    const required = `{"required":["${name}"]}`;
    assert.deepEqual(faults(required, '{}'), [`/data/${name}`]);
    assert.deepEqual(faults(required, `{"${name}":null}`), []);
    const closed = '{"properties":{"a":true},"additionalProperties":false}';
    assert.deepEqual(faults(closed, `{"${name}":1}`), [`/data/${name}`]);
    assert.deepEqual(
      faults(`{"properties":{"${name}":true},"unevaluatedProperties":false}`, `{"${name}":1}`),
      [],
    );
    assert.deepEqual(faults(`{"dependentRequired":{"${name}":["b"]}}`, '{}'), []);
    assert.deepEqual(faults(`{"dependentRequired":{"${name}":["b"]}}`, `{"${name}":1}`), ['/data/b']);
    assert.deepEqual(faults(`{"const":{"${name}":1}}`, '{}'), ['/data']);
    assert.deepEqual(faults(`{"const":{"${name}":1}}`, `{"${name}":1}`), []);
    assert.deepEqual(faults('{"minProperties":1}', `{"${name}":1}`), []);
    assert.deepEqual(faults(`{"$defs":{"${name}":{"type":"string"}},"$ref":"#/$defs/${name}"}`, '1'), [
      '/data',
    ]);
  }
  assert.deepEqual(faults('{"enum":["constructor"]}', '"toString"'), ['/data']);
});
