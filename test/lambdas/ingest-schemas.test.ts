import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventTypeRecord } from '../../core/event-types/ports.ts';
import { ingestBench } from '../support/ingest-bench.ts';

const SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'integer' }, email: { type: 'string', format: 'email' } },
  unevaluatedProperties: false,
};

async function benchWith(fields: Partial<EventTypeRecord>) {
  const bench = ingestBench();
  await bench.types.put({
    type: 'order.created',
    description: '',
    schema: JSON.stringify(SCHEMA),
    mode: 'block',
    example: null,
    deprecated: false,
    createdAt: 0,
    ...fields,
  });
  return bench;
}

const event = (data: string, type = 'order.created'): string => `{"type":"${type}","data":${data}}`;

const BREAKS: readonly (readonly [data: string, pointer: string])[] = [
  ['{}', '/data/id'],
  ['{"id":"1"}', '/data/id'],
  ['{"id":1,"a/b":1}', '/data/a~1b'],
  ['{"id":1,"email":"nobody"}', '/data/email'],
  ['[]', '/data'],
  ['null', '/data'],
];

test('block: an event that breaks its schema is refused by pointer, and nothing is stored', async () => {
  const bench = await benchWith({});
  for (const [data, pointer] of BREAKS) {
    const { status, body } = await bench.post(event(data));
    assert.equal(status, 400, data);
    assert.deepEqual(
      body.errors.map((fault) => fault.pointer),
      [pointer],
      data,
    );
  }
  assert.deepEqual(bench.messages(), []);
  const fine = '{"id":9007199254740993,"email":"ada@example.com"}';
  assert.equal((await bench.post(event(fine))).status, 202);
  assert.equal(bench.messages()[0]?.data, fine);
  assert.equal((await bench.post(event('{}', 'order.changed'))).status, 202);
});

test('in an array, the schema refuses the event at fault alone', async () => {
  const bench = await benchWith({});
  const { status, body } = await bench.post(`[${event('{"id":1}')},${event('{}')}]`);
  assert.equal(status, 207);
  assert.deepEqual(
    body.results.map((result) => result.status),
    [202, 400],
  );
});

test('a CloudEvent is held to the schema as well', async () => {
  const bench = await benchWith({});
  const binary = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': 's', 'ce-type': 'order.created' };
  assert.equal((await bench.post('{}', binary)).status, 400);
  assert.equal((await bench.post('{"id":1}', binary)).status, 202);
});

test('warn: the event is accepted and counted; off: it is not looked at', async () => {
  const warned = await benchWith({ mode: 'warn' });
  assert.equal((await warned.post(event('{}'))).status, 202);
  assert.equal((await warned.post(event('{"id":1}'))).status, 202);
  assert.equal(warned.meter.sum('EventsOffSchema'), 1);
  const off = await benchWith({ mode: 'off' });
  assert.equal((await off.post(event('{}'))).status, 202);
  assert.equal(off.meter.sum('EventsOffSchema'), 0);
});

/** Schemas as an earlier edition may have stored them: endless, dear, or none. */
const UNUSABLE: readonly (readonly [what: string, schema: object, data: string])[] = [
  ['endless', { allOf: [{ $ref: '#' }] }, '{}'],
  ['referring back', { pattern: '(a)\\1' }, '"aa"'],
  [
    'three ways into each level',
    { anyOf: Array.from({ length: 3 }, () => ({ minItems: 1, items: { $ref: '#' } })) },
    `${'['.repeat(50)}${']'.repeat(50)}`,
  ],
];

test('C106: warn never costs an event, whatever its schema is; it is counted, and the log told once', async () => {
  for (const [what, schema, data] of UNUSABLE) {
    const bench = await benchWith({ schema: JSON.stringify(schema), mode: 'warn' });
    for (let i = 0; i < 3; i++) assert.equal((await bench.post(event(data))).status, 202, what);
    assert.equal(bench.messages().length, 3);
    assert.equal(bench.meter.sum('EventsOffSchema'), 3);
    assert.equal(bench.log.of('ingest.schema-unusable').length, 1);
    bench.clock.advance(10_000);
    await bench.post(event(data));
    assert.equal(bench.log.of('ingest.schema-unusable').length, 1, 'it is still the same schema');
  }
});

test('C106: block refuses what can not be held to the schema by name, and none of its neighbours', async () => {
  for (const [what, schema, data] of UNUSABLE) {
    const bench = await benchWith({ schema: JSON.stringify(schema) });
    const alone = await bench.post(event(data));
    assert.equal(alone.status, 400, what);
    assert.equal(alone.body.errors[0]?.pointer, '/data');
    const { status, body } = await bench.post(
      `[${event('1', 'other')},${event(data)},${event('2', 'other')}]`,
    );
    assert.equal(status, 207, what);
    assert.deepEqual(
      body.results.map((result) => result.status),
      [202, 400, 202],
    );
    assert.equal(bench.messages().length, 2);
  }
});

test('a schema that is changed or removed is in force within ten seconds, and is not read for each event', async () => {
  const bench = await benchWith({});
  for (let i = 0; i < 5; i++) assert.equal((await bench.post(event('{}'))).status, 400);
  assert.equal(bench.types.reads, 1);
  await bench.types.remove('order.created');
  bench.clock.advance(10_000);
  assert.equal((await bench.post(event('{}'))).status, 202);
  assert.equal(bench.types.reads, 2);
});

test('while event types cannot be read, those read before stay in force; without any, the event is not accepted', async () => {
  const bench = await benchWith({});
  assert.equal((await bench.post(event('{}'))).status, 400);
  bench.types.failing = true;
  bench.clock.advance(60_000);
  assert.equal((await bench.post(event('{}'))).status, 400);
  assert.equal((await bench.post(event('{"id":1}'))).status, 202);
  const cold = await benchWith({});
  cold.types.failing = true;
  assert.equal((await cold.post(event('{"id":1}'))).status, 500);
  assert.deepEqual(cold.messages(), []);
});

test('a key that posts too fast is told when to come again, and other keys are not', async () => {
  const bench = ingestBench({ perSecond: 2, burst: 5 });
  const many = `[${Array.from({ length: 5 }, () => event('1')).join()}]`;
  assert.equal((await bench.post(many)).status, 202);
  const refused = await bench.post(event('1'));
  assert.deepEqual([refused.status, refused.headers['retry-after']], [429, '1']);
  assert.equal((await bench.post(event('1'), { authorization: 'Bearer bound' })).status, 202);
  assert.equal(bench.messages().length, 6);
  bench.clock.advance(1_000);
  assert.equal((await bench.post(event('1'))).status, 202);
  assert.equal((await bench.post(event('1'))).status, 202);
  assert.equal((await bench.post(event('1'))).status, 429);
  assert.equal(bench.meter.sum('EventsRefused rate-limited'), 2);
});

test('an array larger than a key may post at once is taken when nothing was posted before', async () => {
  const bench = ingestBench({ perSecond: 1, burst: 2 });
  const many = `[${event('1')},${event('2')},${event('3')}]`;
  assert.equal((await bench.post(many)).status, 202);
  const again = await bench.post(many);
  assert.deepEqual([again.status, again.headers['retry-after']], [429, '2']);
});
