import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CloudEvent, HTTP } from 'cloudevents';
import { ingestBench } from '../support/ingest-bench.ts';

const STRUCTURED = { 'content-type': 'application/cloudevents+json' };
const BATCH = { 'content-type': 'application/cloudevents-batch+json; charset=utf-8' };
const TIME = '2026-01-02T03:04:05.678Z';
const BASE = { specversion: '1.0', id: 'order-1', source: '/shops/1', type: 'order.created' };

function structured(fields: object = {}): string {
  return JSON.stringify({ ...BASE, data: { n: 1 }, ...fields });
}

/** The package's headers, as API Gateway hands them on. */
function lowerCased(headers: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

for (const mode of ['structured', 'binary'] as const) {
  test(`an event that the cloudevents package writes in ${mode} mode is accepted with all it says`, async () => {
    const bench = ingestBench();
    const event = new CloudEvent({
      ...BASE,
      time: TIME,
      subject: 'größe 1%',
      tenant: 'acme',
      comexampleregion: 'eu',
      data: { total: 12.5, text: 'ä' },
    });
    const { headers, body } = HTTP[mode](event);
    const { status, body: answer } = await bench.post(String(body), lowerCased(headers));
    assert.equal(status, 202, JSON.stringify(answer));
    assert.deepEqual([answer.id, answer.tenant, answer.type], ['order-1', 'acme', 'order.created']);
    const [message] = bench.messages();
    assert.deepEqual(message?.header.event, {
      tenant: 'acme',
      id: 'order-1',
      type: 'order.created',
      subject: 'größe 1%',
      time: Date.parse(TIME),
      acceptedAt: bench.clock.now(),
      metadata: { source: '/shops/1', comexampleregion: 'eu' },
      cloudEvent: { id: 'order-1' },
    });
    assert.deepEqual(JSON.parse(message?.data ?? ''), { total: 12.5, text: 'ä' });
  });
}

test('data of a CloudEvent arrives token for token, scalars included', async () => {
  const bench = ingestBench();
  const head = structured({ data: undefined }).slice(0, -1);
  await bench.post(`${head},"data": {"a":9007199254740993,"b":1e400,"a":1.0} }`, STRUCTURED);
  const binary = { 'ce-specversion': '1.0', 'ce-id': 'b', 'ce-source': 's', 'ce-type': 'a.b' };
  await bench.post(' 1.0 ', binary);
  await bench.post(structured({ id: 'none', data: undefined }), STRUCTURED);
  assert.deepEqual(
    bench.messages().map(({ data }) => data),
    ['{"a":9007199254740993,"b":1e400,"a":1.0}', '1.0', 'null'],
  );
});

test('a batch is answered event by event', async () => {
  const bench = ingestBench();
  const batch = `[${structured()},${structured({ id: 'two', type: '' })},${structured({ id: 'three' })}]`;
  const { status, body } = await bench.post(batch, BATCH);
  assert.equal(status, 207);
  assert.deepEqual(
    body.results.map((result) => result.status),
    [202, 400, 202],
  );
  assert.deepEqual(
    body.results[1]?.error.errors.map(({ pointer }) => pointer),
    ['/type'],
  );
});

test('the same source and id with the same bytes is a duplicate, with others a conflict', async () => {
  const bench = ingestBench();
  const first = await bench.post(structured(), STRUCTURED);
  assert.equal(first.body.duplicate, false);
  const again = await bench.post(structured(), STRUCTURED);
  assert.deepEqual([again.status, again.body.id, again.body.duplicate], [202, 'order-1', true]);
  assert.equal((await bench.post(structured({ data: 2 }), STRUCTURED)).status, 409);
});

test('a header value may be percent-encoded', async () => {
  const bench = ingestBench();
  const binary = { 'ce-specversion': '1.0', 'ce-id': 'b', 'ce-source': 's', 'ce-type': 'a.b' };
  await bench.post('{}', { ...binary, 'ce-subject': 'Euro%20%E2%82%AC 5%' });
  assert.equal(bench.messages()[0]?.header.event.subject, 'Euro € 5%');
});

test('in binary mode another attribute makes another event', async () => {
  const bench = ingestBench();
  const binary = { 'ce-specversion': '1.0', 'ce-id': 'b', 'ce-source': 's', 'ce-type': 'a.b' };
  assert.equal((await bench.post('{}', binary)).status, 202);
  assert.equal((await bench.post('{}', binary)).body.duplicate, true);
  assert.equal((await bench.post('{}', { ...binary, 'ce-type': 'a.c' })).status, 409);
});

test('one id of two sources makes two events, each of which is recognised again', async () => {
  const bench = ingestBench();
  const [one, two] = [structured(), structured({ source: '/shops/2' })];
  const first = await bench.post(one, STRUCTURED);
  const other = await bench.post(two, STRUCTURED);
  assert.equal(first.body.id, 'order-1');
  assert.match(other.body.id, /^evt_c/);
  assert.equal(other.body.duplicate, false);
  assert.deepEqual(
    [(await bench.post(two, STRUCTURED)).body.id, bench.messages().length],
    [other.body.id, 3],
  );
  assert.equal((await bench.post(two, STRUCTURED)).body.duplicate, true);
  assert.equal((await bench.post(one, STRUCTURED)).body.id, 'order-1');
});

test('an id that may not stand in a signature is replaced by one made of source and id', async () => {
  const bench = ingestBench();
  const [a, b] = [structured({ id: '1.2/3' }), structured({ id: '1.2/3', source: 'other' })];
  const first = await bench.post(a, STRUCTURED);
  assert.match(first.body.id, /^evt_c[0-9A-Z]+$/);
  assert.equal((await bench.post(a, STRUCTURED)).body.id, first.body.id);
  assert.notEqual((await bench.post(b, STRUCTURED)).body.id, first.body.id);
});

const REFUSED: readonly (readonly [what: string, body: string, pointers: readonly string[]])[] = [
  ['no specversion', structured({ specversion: undefined }), ['/specversion']],
  ['another specversion', structured({ specversion: '0.3' }), ['/specversion']],
  ['no id', structured({ id: undefined }), ['/id']],
  ['an empty source', structured({ source: '' }), ['/source']],
  ['a number as id', structured({ id: 5 }), ['/id']],
  ['a type with other characters', structured({ type: 'a-b' }), ['/type']],
  ['a time that is none', structured({ time: 'yesterday' }), ['/time']],
  ['data in base64', structured({ data: undefined, data_base64: 'e30=' }), ['/data_base64']],
  ['data that is not JSON', structured({ datacontenttype: 'text/xml' }), ['/datacontenttype']],
  ['an attribute with capitals', structured({ traceParent: 'x' }), ['/traceParent']],
  ['an attribute that is an object', structured({ ext: {} }), ['/ext']],
  ['a tenant that is none', structured({ tenant: '-' }), ['/tenant']],
  ['a repeated attribute', `${structured().slice(0, -1)},"id":"x"}`, ['/id']],
];

test('a CloudEvent at fault is refused by name of the attribute, and nothing is stored', async () => {
  const bench = ingestBench();
  for (const [what, body, pointers] of REFUSED) {
    const answer = await bench.post(body, STRUCTURED);
    assert.equal(answer.status, 400, what);
    assert.deepEqual(
      answer.body.errors.map(({ pointer }) => pointer),
      pointers,
      what,
    );
  }
  const missing = await bench.post('{}', { 'ce-id': '1', 'ce-type': 'a.b' });
  assert.deepEqual(
    missing.body.errors.map(({ pointer }) => pointer),
    ['ce-source', 'ce-specversion'],
  );
  assert.equal((await bench.post(`[${structured()}]`, STRUCTURED)).status, 400);
  assert.equal((await bench.post(structured(), BATCH)).status, 400);
  assert.equal((await bench.post(structured(), { ...STRUCTURED, 'idempotency-key': 'k' })).status, 400);
  assert.deepEqual(bench.messages(), []);
});
