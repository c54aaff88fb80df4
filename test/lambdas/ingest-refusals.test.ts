import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, ingestBench } from '../support/ingest-bench.ts';

const EVENT = '{"type":"order.created","data":{"n":1}}';

/** Posts bodies that must be refused, and sees to it that nothing reaches the queue. */
async function refused(
  bodies: readonly (string | Uint8Array)[],
  status: number,
  check: (answer: Answer, body: string | Uint8Array) => void = () => undefined,
): Promise<void> {
  const bench = ingestBench();
  for (const body of bodies) {
    const answer = await bench.post(body);
    const shown = Buffer.from(body).toString().slice(0, 80);
    assert.equal(answer.status, status, `${shown} gave ${answer.status}`);
    assert.equal(answer.headers['content-type'], 'application/problem+json', shown);
    assert.equal(answer.body.status, status, shown);
    assert.ok(answer.body.detail.length > 10, shown);
    check(answer, body);
  }
  assert.deepEqual(bench.queue.bodies, []);
}

const pointers = (answer: Answer): readonly string[] => answer.body.errors.map((fault) => fault.pointer);

test('C003: empty, null and other bodies without an event are refused, and nothing is sent', async () => {
  await refused(['', '   ', 'null', '42', '"x"', '[]', '{}', 'true', '[', '{', 'nonsense'], 400, (answer) => {
    assert.equal(answer.body.type, '/problems/invalid-event');
  });
});

test('C004: bytes that are not UTF-8, and a byte order mark, are refused', async () => {
  const bytes = Buffer.from('7b2274797065223a22612e62222c2264617461223a22ff227d', 'hex');
  const bench = ingestBench();
  for (const body of [bytes, Buffer.from(`\uFEFF${EVENT}`)]) {
    const headers = { authorization: 'Bearer free', 'content-type': 'application/cloudevents+json' };
    assert.equal((await bench.call({ body, headers })).status, 400);
  }
  assert.deepEqual(bench.queue.bodies, []);
});

test('C006: the limit counts bytes, and the refusal states limit and actual size', async () => {
  const wide = `{"type":"a.b","data":"${'中'.repeat(100_000)}"}`;
  await refused([wide], 413, (answer) => {
    assert.match(answer.body.detail, /262144 .*300024/);
    assert.equal(answer.body.type, '/problems/too-large');
  });
  const bench = ingestBench();
  const fits = `{"type":"a.b","data":"${'x'.repeat(262_144 - 24)}"}`;
  assert.equal(fits.length, 262_144);
  assert.equal((await bench.post(fits)).status, 202);
  assert.equal((await bench.post(`${fits} `)).status, 413);
  // Base64 makes a third more of it; what counts is what it stands for.
  const headers = { 'content-type': 'application/vnd.acme+json', authorization: 'Bearer free' };
  assert.equal((await bench.call({ body: fits, headers, base64: true })).status, 202);
});

test('an array may have 1 MiB and 100 events', async () => {
  const bench = ingestBench();
  const one = `{"type":"a.b","data":"${'x'.repeat(209_000)}"}`;
  assert.equal((await bench.post(`[${Array(5).fill(one).join(',')}]`)).status, 202);
  const over = await bench.post(`[${Array(6).fill(one).join(',')}]`);
  assert.equal(over.status, 413);
  assert.match(over.body.detail, /1048576 .*1254/);
  assert.equal((await bench.post(`[${Array(100).fill(EVENT).join(',')}]`)).status, 202);
  const many = await bench.post(`[${Array(101).fill(EVENT).join(',')}]`);
  assert.equal(many.status, 400);
  assert.match(many.body.detail, /1 to 100 events; this one holds 101/);
  assert.equal(bench.queue.sent.length, 105);
});

test("C121: a name repeated in the metadata is refused as well; in the data it is nobody's business but the subscriber's", async () => {
  await refused(
    [
      '{"type":"a","data":1,"metadata":{"a":"1","a":"2"}}',
      '{"type":"a","data":1,"metadata":{"a":"1","b":"3","\\u0061":"2"}}',
    ],
    400,
    (answer) => {
      assert.deepEqual(pointers(answer), ['/metadata/a']);
    },
  );
  const kept = '{"type":"a","data":{"a":1,"a":2},"metadata":{"a":"1"}}';
  assert.equal((await ingestBench().post(kept)).status, 202);
});

test('C007: a repeated name is refused, however it is written', async () => {
  const bodies = [
    '{"type":"order.created","type":"admin.deleted","data":{"x":1,"x":2}}',
    '{"type":"order.created","t\\u0079pe":"order.created","data":1}',
    '{"type":"a.b","data":1,"data":2}',
  ];
  await refused(bodies, 400, (answer, body) => {
    assert.deepEqual(pointers(answer), [body === bodies[2] ? '/data' : '/type']);
    assert.match(answer.body.detail, /repeated/);
  });
});

test('C009: deep nesting is refused whatever its depth, 64 levels are taken', async () => {
  const nested = (levels: number) => `{"type":"a.b","data":${'['.repeat(levels)}${']'.repeat(levels)}}`;
  await refused([nested(64), nested(5_000), nested(100_000)], 400, (answer) => {
    assert.match(answer.body.detail, /nested \d+ deep; 64 is the limit/);
  });
  assert.equal((await ingestBench().post(nested(63))).status, 202);
});

test('C014: event types outside the pattern are refused by name', async () => {
  const types = [
    '',
    '.a',
    'a.',
    'a..b',
    'a b',
    'order.*',
    '*',
    'order.created\n',
    'ordеr.created',
    'a'.repeat(129),
  ];
  await refused(
    [
      ...types.map((type) => JSON.stringify({ type, data: 1 })),
      '{"type":7,"data":1}',
      '{"type":null,"data":1}',
    ],
    400,
    (answer) => assert.deepEqual(pointers(answer), ['/type']),
  );
});

test('each field at fault is named with its rule', async () => {
  const faulty = {
    type: 'a b',
    id: 'has.dot',
    tenant: 'no/slash',
    subject: 's'.repeat(257),
    time: '2026-02-30T00:00:00Z',
    metadata: { 'a/b~c': 1, ['k'.repeat(65)]: 'v', long: 'v'.repeat(257), '': 'x' },
    extra: true,
    'we/ird~': 1,
  };
  await refused([JSON.stringify(faulty)], 400, (answer) => {
    assert.deepEqual([...pointers(answer)].sort(), [
      '/data',
      '/extra',
      '/id',
      '/metadata/',
      '/metadata/a~1b~0c',
      `/metadata/${'k'.repeat(65)}`,
      '/metadata/long',
      '/subject',
      '/tenant',
      '/time',
      '/type',
      '/we~1ird~0',
    ]);
    for (const fault of answer.body.errors) assert.ok(fault.detail.length > 5, fault.pointer);
  });
});

test('null, numbers and objects are no texts, and lists are no metadata', async () => {
  for (const field of ['id', 'tenant', 'subject', 'time', 'metadata']) {
    for (const value of [null, 7, [], ['a']]) {
      await refused([JSON.stringify({ type: 'a.b', data: 1, [field]: value })], 400, (answer) =>
        assert.deepEqual(pointers(answer), [`/${field}`]),
      );
    }
  }
});

test('texts that no store or queue can hold are refused, names of prototypes among them', async () => {
  await refused(
    [
      '{"type":"a.b","data":1,"subject":"\\ud800"}',
      '{"type":"a.b","data":1,"metadata":{"k":"\\udc00"}}',
      '{"type":"a.b","data":1,"metadata":{"\\ud800":"v"}}',
      '{"type":"a.b","data":1,"metadata":{"__proto__":"v"}}',
      '{"type":"a.b","data":1,"__proto__":{"tenant":"other"}}',
    ],
    400,
  );
});

test('twenty faults are told, not thousands', async () => {
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`field${i}`, 1]));
  await refused([JSON.stringify(many)], 400, (answer) => {
    assert.equal(answer.body.errors.length, 20);
    assert.match(answer.body.detail, /5001 more/);
  });
});
