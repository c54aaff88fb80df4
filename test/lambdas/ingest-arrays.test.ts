import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ingestBench } from '../support/ingest-bench.ts';

const event = (n: number, more = '') => `{"type":"a.b"${more},"data":${n}}`;
const statuses = (answer: { body: { results: readonly { status: number }[] } }) =>
  answer.body.results.map((result) => result.status);

test('an array of good events is answered 202 with one result each, in order', async () => {
  const bench = ingestBench();
  const answer = await bench.post(`[${[1, 2, 3].map((n) => event(n, `,"id":"e${n}"`)).join(' , ')}]`);
  assert.equal(answer.status, 202);
  assert.deepEqual(answer.body.results[1], {
    status: 202,
    id: 'e2',
    tenant: 'default',
    type: 'a.b',
    acceptedAt: '2026-01-02T03:04:05.678Z',
    duplicate: false,
  });
  assert.deepEqual(
    bench.messages().map(({ header, data }) => [header.event.id, data]),
    [
      ['e1', '1'],
      ['e2', '2'],
      ['e3', '3'],
    ],
  );
  assert.equal(bench.queue.calls, 1);
});

test('each event of an array has its own request, so that none owns another', async () => {
  const bench = ingestBench();
  const answer = await bench.post(`[${event(1)},${event(2)}]`);
  const requests = bench.messages().map(({ header }) => header.requestId);
  const id = answer.headers['x-request-id'];
  assert.deepEqual(requests, [`${id}:0`, `${id}:1`]);
});

test('some refused is 207, all refused 400; each refusal is what a single post would get', async () => {
  const bench = ingestBench();
  const bad = '{"type":"a b","data":1}';
  const mixed = await bench.post(`[${event(1)},${bad},7,null,[],${event(2)}]`);
  assert.equal(mixed.status, 207);
  assert.deepEqual(statuses(mixed), [202, 400, 400, 400, 400, 202]);
  assert.deepEqual(mixed.body.results[1]?.error, (await bench.post(bad)).body);
  assert.equal(bench.queue.sent.length, 2);
  const none = await bench.post(`[${bad},7]`);
  assert.equal(none.status, 400);
  assert.deepEqual(statuses(none), [400, 400]);
  assert.equal(none.headers['content-type'], 'application/json');
  assert.equal(bench.queue.sent.length, 2);
});

test('size, depth and tenant are judged event by event', async () => {
  const bench = ingestBench();
  const large = event(1).replace('1', `"${'x'.repeat(262_144)}"`);
  const deep = (levels: number) => `{"type":"a.b","data":${'['.repeat(levels)}${']'.repeat(levels)}}`;
  const body = `[${large},${deep(64)},${deep(63)},${event(1, ',"tenant":"globex"')},${event(2)}]`;
  const answer = await bench.post(body, { authorization: 'Bearer bound' });
  assert.equal(answer.status, 207);
  assert.deepEqual(statuses(answer), [413, 400, 202, 403, 202]);
  assert.match(answer.body.results[0]?.error.detail ?? '', /262144 .*2621/);
  assert.deepEqual(
    bench.queue.sent.map((message) => message.group),
    ['acme', 'acme'],
  );
});

test('one id twice in an array behaves as two posts would', async () => {
  const bench = ingestBench();
  const one = event(1, ',"id":"e"');
  const answer = await bench.post(`[${one},${event(2, ',"id":"e"')},${one},${event(3, ',"id":"f"')}]`);
  assert.equal(answer.status, 207);
  assert.deepEqual(statuses(answer), [202, 409, 202, 202]);
  assert.deepEqual(
    [0, 2].map((i) => answer.body.results[i]?.duplicate),
    [false, true],
  );
  assert.deepEqual(new Set(bench.messages().map(({ data }) => data)), new Set(['1', '3']));
});

test('an element is the same event as a single post of the same bytes', async () => {
  const bench = ingestBench();
  const one = event(1, ',"id":"e"');
  await bench.post(one);
  const answer = await bench.post(`[ ${one} ]`);
  assert.equal(answer.status, 202);
  assert.equal(answer.body.results[0]?.duplicate, true);
});

test('C019: an event the queue does not take has 503 in its own result', async () => {
  const bench = ingestBench();
  bench.queue.refuses = ({ body }) => body.endsWith('\n2');
  const answer = await bench.post(`[${event(1)},{},${event(2)},${event(3)}]`);
  assert.equal(answer.status, 207);
  assert.deepEqual(statuses(answer), [202, 400, 503, 202]);
  assert.equal(answer.body.results[2]?.error.type, '/problems/unavailable');
  assert.deepEqual(
    bench.messages().map(({ data }) => data),
    ['1', '3'],
  );
});

test('none accepted through our fault is 503, so that the producer sends again', async () => {
  const bench = ingestBench();
  bench.queue.refuses = () => true;
  const answer = await bench.post(`[${event(1)},{}]`);
  assert.equal(answer.status, 503);
  assert.deepEqual(statuses(answer), [503, 400]);
});

test('an array takes no Idempotency-Key', async () => {
  const bench = ingestBench();
  const answer = await bench.post(`[${event(1)}]`, { 'idempotency-key': 'k' });
  assert.equal(answer.status, 400);
  assert.equal(answer.body.errors[0]?.pointer, 'idempotency-key');
  assert.equal(bench.queue.sent.length, 0);
});

test('repeated names and prototype keys are judged inside each element', async () => {
  const answer = await ingestBench().post(
    '[{"type":"a.b","type":"c.d","data":1},{"__proto__":1,"type":"a.b","data":1}]',
  );
  assert.deepEqual(statuses(answer), [400, 400]);
});
