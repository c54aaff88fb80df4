import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ingestBench } from '../support/ingest-bench.ts';

const EVENT = '{"type":"order.created","data":{"n":1}}';
const JSON_TYPE = { 'content-type': 'application/json' };

test('an accepted event is answered 202 with its id and is on the queue once', async () => {
  const bench = ingestBench();
  const answer = await bench.post(EVENT);
  assert.equal(answer.status, 202);
  assert.match(answer.body.id, /^evt_t[0-9A-HJKMNP-TV-Z]{26}$/);
  assert.deepEqual(answer.body, {
    id: answer.body.id,
    tenant: 'default',
    type: 'order.created',
    acceptedAt: '2026-01-02T03:04:05.678Z',
    duplicate: false,
  });
  assert.deepEqual(bench.messages(), [
    {
      header: {
        v: 1,
        requestId: answer.headers['x-request-id'],
        event: {
          tenant: 'default',
          id: answer.body.id,
          type: 'order.created',
          subject: null,
          time: bench.clock.now(),
          acceptedAt: bench.clock.now(),
          metadata: {},
        },
      },
      data: '{"n":1}',
    },
  ]);
  assert.equal(bench.queue.sent[0]?.group, 'default');
});

test('C001: the data is queued token for token, white space inside it kept', async () => {
  const bench = ingestBench();
  const data = '{ "id":9007199254740993,\n"big":1e400, "price":1.0,"x":1,"x":2 }';
  assert.equal((await bench.post(` {"data" :\t${data} ,"type":"order.paid"}\n`)).status, 202);
  assert.equal(bench.messages()[0]?.data, data);
  assert.match(bench.queue.bodies[0] ?? '', /9007199254740993/);
});

test('C002: every JSON media type is taken, base64-wrapped or not; others are refused', async () => {
  const bench = ingestBench();
  const auth = { authorization: 'Bearer free' };
  for (const type of [
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset="UTF-8"',
    'application/vnd.acme.event+json',
  ]) {
    const headers = { ...auth, 'content-type': type };
    assert.equal(
      (await bench.call({ body: EVENT, headers, base64: type !== 'application/json' })).status,
      202,
      type,
    );
  }
  assert.equal(new Set(bench.messages().map((message) => message.data)).size, 1);
  for (const headers of [
    auth,
    { ...auth, 'content-type': 'application/x-www-form-urlencoded' },
    { ...auth, 'content-type': 'text/json' },
    { ...auth, 'content-type': 'application/json; charset=iso-8859-1' },
    { ...auth, 'content-type': 'application/jsonp' },
    { ...auth, 'content-type': '' },
  ]) {
    const answer = await bench.call({ body: EVENT, headers });
    assert.equal(answer.status, 415, JSON.stringify(headers));
    assert.equal(answer.body.type, '/problems/unsupported-media-type');
  }
  assert.equal(bench.queue.sent.length, 4);
});

test('C005: control characters as escapes, emoji as they are, reach the queue', async () => {
  const bench = ingestBench();
  const data = '{"s":"\\u0000\\u0007\\u000b","e":"😀","cr":"a\\r\\nb","n":"\\ud800"}';
  assert.equal((await bench.post(`{"type":"a.b","data":${data}}`)).status, 202);
  assert.equal((await bench.post('{"type":"a.b","subject":"a\\u0000\\uffff","data":"\uFFFE"}')).status, 202);
  const [first, second] = bench.messages();
  assert.equal(first?.data, data);
  assert.equal(JSON.parse(second?.data ?? ''), '\uFFFE');
  assert.equal(second?.header.event.subject, 'a\u0000\uffff');
});

test('C008: prototype keys are just data', async () => {
  const bench = ingestBench();
  const data = '{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}}}';
  assert.equal((await bench.post(`{"type":"a.b","data":${data}}`)).status, 202);
  assert.equal(bench.messages()[0]?.data, data);
  assert.equal('admin' in {} || 'x' in {}, false);
});

test('C013: compressed bodies are refused', async () => {
  const bench = ingestBench();
  const answer = await bench.post(EVENT, { 'content-encoding': 'gzip' });
  assert.equal(answer.status, 415);
  assert.equal(answer.headers['accept-encoding'], 'identity');
  assert.equal((await bench.post(EVENT, { 'content-encoding': 'identity' })).status, 202);
  assert.equal(bench.queue.sent.length, 1);
});

test('C014: the event types of Standard Webhooks are taken', async () => {
  const bench = ingestBench();
  for (const type of ['user.created', 'invoice.paid_v2', 'A.b_1', '__proto__', 'a'.repeat(128)]) {
    assert.equal((await bench.post(JSON.stringify({ type, data: null }))).body.type, type);
  }
});

test('all fields of an event travel with it', async () => {
  const bench = ingestBench();
  const body = {
    type: 'order.created',
    id: 'order-7:created@eu',
    tenant: 'acme.eu',
    subject: '中'.repeat(256),
    time: '2026-01-01T00:00:00+01:00',
    metadata: { region: 'eu', empty: '', constructor: 'x' },
    data: [],
  };
  assert.equal((await bench.post(JSON.stringify(body))).status, 202);
  assert.deepEqual(bench.messages()[0]?.header.event, {
    tenant: 'acme.eu',
    id: 'order-7:created@eu',
    type: 'order.created',
    subject: '中'.repeat(256),
    time: Date.UTC(2025, 11, 31, 23),
    acceptedAt: bench.clock.now(),
    metadata: { region: 'eu', empty: '', constructor: 'x' },
  });
});

test('the key is judged before the scope, the scope before the body', async () => {
  const bench = ingestBench();
  const cases = [
    [{ ...JSON_TYPE }, 401],
    [{ ...JSON_TYPE, authorization: 'Bearer wrong' }, 401],
    [{ ...JSON_TYPE, authorization: 'Basic free' }, 401],
    [{ ...JSON_TYPE, authorization: 'Bearer reader' }, 403],
    [{ authorization: 'Bearer reader' }, 403],
    [{ authorization: 'Bearer free' }, 415],
  ] as const;
  for (const [headers, status] of cases) {
    const answer = await bench.call({ body: 'nonsense', headers });
    assert.equal(answer.status, status, JSON.stringify(headers));
    assert.ok(answer.headers['x-request-id']);
    assert.equal(answer.headers['www-authenticate'], status === 401 ? 'Bearer' : undefined);
  }
  assert.equal(bench.queue.sent.length, 0);
});

test('C076: a bound key posts to its own tenant without naming it, and to no other', async () => {
  const bench = ingestBench();
  const bound = { authorization: 'Bearer bound' };
  assert.equal((await bench.post(EVENT, bound)).body.tenant, 'acme');
  assert.equal((await bench.post('{"type":"a.b","tenant":"acme","data":1}', bound)).status, 202);
  assert.equal((await bench.post('{"type":"a.b","tenant":"globex","data":1}', bound)).status, 403);
  assert.deepEqual(
    bench.queue.sent.map((message) => message.group),
    ['acme', 'acme'],
  );
});

test('query parameters are refused by name', async () => {
  const headers = { ...JSON_TYPE, authorization: 'Bearer free' };
  const answer = await ingestBench().call({ body: EVENT, headers, query: { tenant: 'acme' } });
  assert.equal(answer.status, 400);
  assert.equal(answer.body.errors[0]?.pointer, 'tenant');
});

test('a queue that does not take the event gives 503 and no 202', async () => {
  const bench = ingestBench();
  bench.queue.refuses = () => true;
  const answer = await bench.post(EVENT);
  assert.equal(answer.status, 503);
  assert.equal(answer.body.type, '/problems/unavailable');
  assert.equal(answer.headers['retry-after'], '1');
  assert.doesNotMatch(JSON.stringify(answer.body), /queue|Error/);
  assert.equal(bench.log.of('ingest.send-failed').length, 1);
});

test('one log line tells who sent what and how long it took, and nothing of the payload', async () => {
  const bench = ingestBench();
  const answer = await bench.post('{"type":"a.b","subject":"hidden","data":{"card":"hidden"}}');
  const [line, ...more] = bench.log.lines;
  assert.equal(more.length, 0);
  assert.equal(line?.event, 'ingest.accepted');
  assert.deepEqual(line.fields, {
    requestId: answer.headers['x-request-id'],
    traceId: undefined,
    keyId: 'key_free',
    tenants: ['default'],
    eventIds: [answer.body.id],
    duplicates: 0,
    refused: 0,
    problems: [],
    bytes: 58,
    claimMs: 0,
    sendMs: 0,
    durationMs: 0,
  });
});

test('what comes in, is refused and is repeated is measured', async () => {
  const bench = ingestBench();
  await bench.post(EVENT);
  await bench.post(EVENT, { 'idempotency-key': 'k' });
  await bench.post(EVENT, { 'idempotency-key': 'k' });
  await bench.post('{"type":"a.b","data":2}', { 'idempotency-key': 'k' });
  await bench.post(`[${EVENT},{},{}]`);
  await bench.post('', {});
  await bench.call({});
  assert.deepEqual(bench.meter.sums, {
    EventsAccepted: 3,
    EventsDuplicate: 1,
    EventsConflicting: 1,
    'EventsRefused invalid-event': 3,
    'EventsRefused unauthorized': 1,
  });
});
