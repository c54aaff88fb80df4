import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newEventId } from '../../core/id.ts';
import { seededRandom } from '../support/clock.ts';
import { ingestBench } from '../support/ingest-bench.ts';
import { ManageBench } from '../support/manage-bench.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const STRUCTURED = { 'content-type': 'application/cloudevents+json' };
const BATCH = { 'content-type': 'application/cloudevents-batch+json' };
const BINARY = { 'ce-specversion': '1.0', 'ce-id': 'b', 'ce-source': '/s', 'ce-type': 'a.b' };

test('C093: an id that the server made is refused for another event, before and after the first is on record', async () => {
  const bench = ingestBench();
  const { body: first } = await bench.post('{"type":"a.one","data":1}');
  const again = (data: string) => bench.post(`{"type":"a.two","data":${data},"id":"${first.id}"}`);
  const { status, body } = await again('2');
  assert.deepEqual([status, body.errors[0]?.pointer], [409, '/id']);
  assert.equal((await bench.post(`{"type":"a.one","data":1,"id":"${first.id}"}`)).status, 409);
  const [message] = bench.messages();
  assert.ok(message);
  await bench.store.own({ ...message.header.event, data: '1', requestId: 'r', matched: 0, shards: 1 });
  assert.equal((await again('3')).status, 409);
  assert.equal(bench.messages().length, 1, 'what was refused was not sent');
});

test('C093: nor is an id of that form that nobody has yet, and in an array it costs no neighbour', async () => {
  const bench = ingestBench();
  const id = newEventId(bench.clock.now() + 60_000, seededRandom(3));
  const { status, body } = await bench.post(
    `[{"type":"a.b","data":1,"id":"mine"},{"type":"a.b","data":2,"id":"${id}"},{"type":"a.b","data":3}]`,
  );
  assert.equal(status, 207);
  assert.deepEqual(
    body.results.map((one) => one.status),
    [202, 409, 202],
  );
  assert.equal(bench.messages().length, 2);
});

test('C093: a CloudEvent with such an id gets one made of source and id, and a repeat of it the same', async () => {
  const bench = ingestBench();
  const { body: first } = await bench.post('{"type":"a.one","data":1}');
  const event = `{"specversion":"1.0","id":"${first.id}","source":"/tenants/default","type":"a.one","data":1}`;
  const copy = await bench.post(event, STRUCTURED);
  assert.deepEqual([copy.status, copy.body.duplicate], [202, false]);
  assert.match(copy.body.id, /^evt_c/);
  const repeat = await bench.post(event, STRUCTURED);
  assert.deepEqual([repeat.status, repeat.body.id, repeat.body.duplicate], [202, copy.body.id, true]);
  const binary = await bench.post('1', { ...BINARY, 'ce-id': first.id });
  assert.match(binary.body.id, /^evt_c/);
});

/** A text body as API Gateway hands it on: decoded, with the length that the bytes had. */
function asGateway(bytes: Uint8Array) {
  return { body: Buffer.from(bytes).toString('utf8'), headers: { 'content-length': String(bytes.length) } };
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');

test('C097: a body that is not UTF-8 is refused on every path, and nothing is stored', async () => {
  const bench = ingestBench();
  for (const bytes of [
    latin1('{"type":"a.b","data":"caf\xe9"}'),
    latin1('[{"type":"a.b","data":1},{"type":"a.b","data":"\xe9"}]'),
    latin1('{"type":"a.b","data":"\xed\xa0\x80"}'),
    latin1('{"type":"a.b","data":"\xc3"}'),
    latin1('{"type":"a.b","data":"\xff\xfe"}'),
  ]) {
    const { body, headers } = asGateway(bytes);
    const answer = await bench.post(body, headers);
    assert.deepEqual([answer.status, answer.body.detail], [400, 'The body is not valid UTF-8.']);
  }
  const binary = asGateway(latin1('"caf\xe9"'));
  assert.equal((await bench.post(binary.body, { ...binary.headers, ...BINARY })).status, 400);
  for (const [types, text] of [
    [STRUCTURED, '{"specversion":"1.0","id":"1","source":"s","type":"a.b","data":"caf\xe9"}'],
    [BATCH, '[{"specversion":"1.0","id":"1","source":"s","type":"a.b","data":"caf\xe9"}]'],
  ] as const)
    assert.equal((await bench.post(latin1(text), types)).status, 400);
  assert.deepEqual(bench.messages(), []);
});

test('C097: two bodies that differ in such a byte are no repeat of each other', async () => {
  const bench = ingestBench();
  for (const byte of ['\xe9', '\xe8']) {
    const { body, headers } = asGateway(latin1(`{"type":"a.b","data":"caf${byte}"}`));
    const { status } = await bench.post(body, { ...headers, 'idempotency-key': 'k' });
    assert.equal(status, 400);
  }
  assert.deepEqual(bench.messages(), []);
});

test('C097: U+FFFD itself, and text of every script, is taken as it is', async () => {
  const bench = ingestBench();
  for (const text of ['"\ufffd"', '"é€😀\ufffd"', '"plain"']) {
    const { body, headers } = asGateway(Buffer.from(`{"type":"a.b","data":${text}}`));
    assert.equal((await bench.post(body, headers)).status, 202, text);
  }
  assert.equal(bench.messages()[0]?.data, '"\ufffd"');
});

test('C097: the other routes refuse such a body as well', async () => {
  const api = new ManageBench();
  const { body, headers } = asGateway(latin1('{"url":"https://h.example/","description":"caf\xe9"}'));
  const { status } = await api.call('POST', '/v1/subscriptions', body, 'admin', headers);
  assert.equal(status, 400);
  assert.deepEqual((await api.call('GET', '/v1/subscriptions')).body.data, []);
});

test('C102: two Idempotency-Key headers, which arrive with a comma between, are refused', async () => {
  const bench = ingestBench();
  for (const key of ['a,b', 'a, b', ',', 'a,']) {
    const { status, body } = await bench.post('{"type":"a.b","data":1}', { 'idempotency-key': key });
    assert.deepEqual([status, body.errors[0]?.pointer], [400, 'idempotency-key'], key);
    assert.match(body.detail, /sent once.*no comma/);
  }
  const binary = await bench.post('1', { ...BINARY, 'idempotency-key': 'a,b' });
  assert.equal(binary.status, 400);
  assert.deepEqual(bench.messages(), []);
});

test('C110: attributes in headers are unquoted, then percent-decoded once', async () => {
  const bench = ingestBench();
  for (const [i, [sent, subject]] of [
    ['"a b"', 'a b'],
    ['"a \\"b\\" \\\\"', 'a "b" \\'],
    ['"%E2%82%AC"', '€'],
    ['a%2520b', 'a%20b'],
    ['100%', '100%'],
    ['"half', '"half'],
    ['say "x"', 'say "x"'],
  ].entries()) {
    const headers = { ...BINARY, 'ce-id': `q${i}`, 'ce-subject': String(sent) };
    assert.equal((await bench.post('1', headers)).status, 202, sent);
    assert.equal(bench.messages().at(-1)?.header.event.subject, subject);
  }
});

test('C110: an encoding that is not UTF-8 is refused by the name of its header', async () => {
  const bench = ingestBench();
  for (const value of ['%ff', 'a%C3', '%ED%A0%80', '"%ff"']) {
    for (const header of ['ce-subject', 'ce-id', 'ce-source', 'ce-extension']) {
      const { status, body } = await bench.post('1', { ...BINARY, [header]: value });
      assert.deepEqual([status, body.errors[0]?.pointer], [400, header], value);
    }
  }
  assert.deepEqual(bench.messages(), []);
});

test('C110: an empty batch is a valid one: accepted, with no results', async () => {
  const bench = ingestBench();
  const { status, body } = await bench.post(' [] ', BATCH);
  assert.deepEqual([status, body], [202, { results: [] }]);
  assert.equal((await bench.post('[]', JSON_TYPE)).status, 400);
  assert.deepEqual(bench.messages(), []);
});

test('C117: refusals name the field and the rule', async () => {
  const bench = ingestBench();
  const bom = await bench.post('\ufeff{"type":"a.b","data":1}');
  assert.equal(bom.status, 400);
  assert.match(bom.body.detail, /begins with a byte order mark/);
  assert.ok(!bom.body.detail.includes('\ufeff'));
  const long = await bench.post(`{"type":"a.b","data":1,"metadata":{"${'k'.repeat(65)}":"v"}}`);
  assert.equal(long.status, 400);
  assert.match(long.body.errors[0]?.detail ?? '', /at most 64 characters/);
  assert.match(long.body.errors[0]?.pointer ?? '', /^\/metadata\/k+$/);
});
