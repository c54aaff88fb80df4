import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ingestBench } from '../support/ingest-bench.ts';
import { ManageBench } from '../support/manage-bench.ts';

const PATH = '/v1/event-types/a.b';

/** Puts a schema, given as JSON text, as an admin does. */
function put(schema: string, mode = 'block') {
  const body = `{"description":"","schema":${schema},"mode":"${mode}"}`;
  return new ManageBench().call('PUT', PATH, body, 'admin');
}

/** Posts events, given as the JSON text of their data, to an ingest that knows a type `a.b` with this schema. */
async function benchWith(schema: string, mode: 'warn' | 'block' = 'block') {
  const bench = ingestBench();
  await bench.types.put({
    type: 'a.b',
    description: '',
    schema,
    mode,
    example: null,
    deprecated: false,
    createdAt: 0,
  });
  const event = (data: string, type = 'a.b') => `{"type":"${type}","data":${data}}`;
  return {
    bench,
    event,
    status: async (data: string) => (await bench.post(event(data))).status,
  };
}

/** What a schema allows must be accepted when it is put, and its data judged like this. */
async function judges(schema: string, fits: readonly string[], breaks: readonly string[]): Promise<void> {
  const stored = await put(schema);
  assert.equal(stored.status, 200, stored.text);
  const { status } = await benchWith(schema);
  for (const data of fits) assert.equal(await status(data), 202, `${data} fits ${schema}`);
  for (const data of breaks) assert.equal(await status(data), 400, `${data} breaks ${schema}`);
}

test('C104: prices are multiples of a cent', async () => {
  const schema = '{"properties":{"total":{"type":"number","multipleOf":0.01}}}';
  const of = (totals: readonly string[]) => totals.map((total) => `{"total":${total}}`);
  await judges(
    schema,
    of(['19.99', '0.29', '1.15', '4.35', '0', '-0.07', '1e2', '9007199254740993.01']),
    of(['19.999', '0.001', '1e-3', '9007199254740993.001']),
  );
  const { status } = await benchWith(schema);
  for (let cents = 0; cents < 10_000; cents += 7)
    assert.equal(await status(`{"total":${(cents / 100).toFixed(2)}}`), 202, String(cents));
});

test('C104: bounds and constants beyond 2^53 hold to the last digit', async () => {
  await judges(
    '{"const":9007199254740993}',
    ['9007199254740993', '9007199254740993.0'],
    ['9007199254740992'],
  );
  await judges('{"enum":[9007199254740993]}', ['9007199254740993'], ['9007199254740992', '9007199254740994']);
  await judges('{"maximum":9007199254740992}', ['9007199254740992'], ['9007199254740993', '1e400']);
  await judges('{"minimum":9007199254740993}', ['9007199254740993'], ['9007199254740992']);
  await judges('{"exclusiveMaximum":9007199254740993}', ['9007199254740992'], ['9007199254740993']);
  await judges('{"type":"integer"}', ['9007199254740993', '1e400', '1.0'], ['9007199254740993.5']);
  await judges(
    '{"uniqueItems":true}',
    ['[9007199254740993,9007199254740992]'],
    ['[9007199254740993,9007199254740993.0]'],
  );
});

test('C105: members named like those of every JavaScript object are members like any other', async () => {
  for (const name of ['constructor', 'toString', 'hasOwnProperty', '__proto__', 'valueOf']) {
    await judges(
      `{"properties":{"${name}":{"type":"string"}}}`,
      ['{}', `{"${name}":"x"}`],
      [`{"${name}":1}`],
    );
    await judges(`{"required":["${name}"]}`, [`{"${name}":1}`], ['{}']);
    await judges(
      `{"additionalProperties":false,"properties":{"${name}":true}}`,
      [`{"${name}":1}`],
      ['{"x":1}'],
    );
    await judges(`{"dependentRequired":{"${name}":["b"]}}`, ['{}', `{"${name}":1,"b":2}`], [`{"${name}":1}`]);
    await judges(`{"propertyNames":{"not":{"const":"${name}"}}}`, ['{"x":1}'], [`{"${name}":1}`]);
  }
});

const BACKTRACKING = '{"pattern":"^([a-zA-Z0-9]+\\\\.?)+@x\\\\.com$"}';
const LONG = JSON.stringify(`${'a'.repeat(36)}!`);

test('C106: a pattern that a backtracking engine would run for years is judged at once', async () => {
  await judges(BACKTRACKING, ['"a.b@x.com"'], [LONG]);
  await judges(`{"patternProperties":{"(x+x+)+y":false}}`, [`{"${'x'.repeat(5_000)}":1}`], ['{"xxy":1}']);
  const warned = await benchWith(BACKTRACKING, 'warn');
  assert.equal(await warned.status(LONG), 202);
});

test('C106: a schema that never ends is refused when it is put, by pointer', async () => {
  for (const schema of [
    '{"allOf":[{"$ref":"#"}]}',
    '{"$ref":"#"}',
    '{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"anyOf":[{"$ref":"#/$defs/a"}]}},"$ref":"#/$defs/a"}',
    '{"$dynamicAnchor":"n","not":{"$dynamicRef":"#n"}}',
    '{"$ref":"https://elsewhere.example/schema.json"}',
    '{"$ref":"#/$defs/absent"}',
    '{"pattern":"("}',
    '{"pattern":"(a{1000}){1000}"}',
  ]) {
    const { status, body } = await put(schema);
    assert.equal(status, 400, schema);
    assert.match(JSON.stringify(body.errors), /^\[\{"pointer":"\/schema/, schema);
  }
  await judges('{"type":"array","items":{"$ref":"#"}}', ['[[],[[]]]'], ['[1]']);
});

test('C106: a stored schema that can no longer be used costs no event with warn, no neighbour with block', async () => {
  for (const schema of ['{"allOf":[{"$ref":"#"}]}', '{"pattern":"("}', '{"$ref":"#/absent"}']) {
    assert.equal(await (await benchWith(schema, 'warn')).status('1'), 202, schema);
    const { bench, event } = await benchWith(schema);
    const { status, body } = await bench.post(`[${event('1', 'c.d')},${event('1')},${event('2', 'c.d')}]`);
    assert.equal(status, 207, schema);
    assert.deepEqual(
      body.results.map((result) => result.status),
      [202, 400, 202],
    );
  }
});

test('C106: data that would take too long to judge is refused saying so; with warn it is accepted', async () => {
  // Each bracket doubles what is to be judged.
  const again = '{"type":"array","items":{"$ref":"#"}}';
  const schema = `{"anyOf":[${again},${again}]}`;
  const nested = `${'['.repeat(50)}1${']'.repeat(50)}`;
  assert.equal((await put(schema)).status, 200);
  const { bench, event } = await benchWith(schema);
  const { status, body } = await bench.post(event(nested));
  assert.equal(status, 400);
  assert.match(body.errors[0]?.detail ?? '', /takes more than \d+ steps/);
  assert.deepEqual(bench.messages(), []);
  assert.equal(await (await benchWith(schema, 'warn')).status(nested), 202);
});

test('C106: what grows with the square of the data in other programs does not here', async () => {
  const numbers = `[${Array.from({ length: 40_000 }, (_, i) => i).join()}]`;
  await judges('{"uniqueItems":true}', [numbers], [`[${'1,'.repeat(30_000)}1]`]);
  await judges('{"contains":{"const":-1}}', ['[-1]'], [numbers]);
  await judges('{"items":{"oneOf":[{"type":"integer"},{"type":"string"}]}}', [numbers], ['[true]']);
});
