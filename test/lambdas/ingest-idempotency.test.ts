import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INGEST, RETENTION } from '../../contract/limits.ts';
import { shardsFor } from '../../core/shard.ts';
import { ingestBench } from '../support/ingest-bench.ts';

const FIRST = '{"type":"a.b","data":{"n":1}}';
const OTHER = '{"type":"a.b","data":{"n":2}}';
const key = (value: string) => ({ 'idempotency-key': value });

type Bench = ReturnType<typeof ingestBench>;

/** Puts what is on the queue on record, as fan-out would. */
async function fanOut(bench: Bench): Promise<readonly string[]> {
  const owned: string[] = [];
  for (const { header, data } of bench.messages()) {
    const record = { ...header.event, data, requestId: header.requestId, matched: 0, shards: shardsFor(0) };
    if ((await bench.store.own(record)).kind === 'new') owned.push(record.id);
  }
  return owned;
}

test('C010: the same key and body are one event; another body is a conflict and sends nothing', async () => {
  const bench = ingestBench();
  const first = await bench.post(FIRST, key('k1'));
  assert.equal(first.status, 202);
  await fanOut(bench);
  bench.clock.advance(60_000);

  const again = await bench.post(FIRST, key('k1'));
  assert.equal(again.status, 202);
  assert.deepEqual(again.body, { ...first.body, duplicate: true });

  const other = await bench.post(OTHER, key('k1'));
  assert.equal(other.status, 409);
  assert.equal(other.body.type, '/problems/idempotency-conflict');

  const spaced = await bench.post('{ "data":{"n":1},"type":"a.b" }', key('k1'));
  assert.equal(spaced.status, 409);
  assert.equal(bench.queue.sent.length, 1);
});

test('an id works like a key, and its event keeps it', async () => {
  const bench = ingestBench();
  const body = '{"id":"order-1","type":"a.b","data":1}';
  assert.equal((await bench.post(body)).body.id, 'order-1');
  await fanOut(bench);
  assert.deepEqual((await bench.post(body)).body.duplicate, true);
  assert.equal((await bench.post(`${body} `)).status, 409);
  assert.equal(bench.queue.sent.length, 1);
});

test('C011: twenty at once make one event', async () => {
  const bench = ingestBench();
  const answers = await Promise.all(Array.from({ length: 20 }, () => bench.post(FIRST, key('race-1'))));
  assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([202]));
  assert.equal(new Set(answers.map((answer) => answer.body.id)).size, 1);
  assert.equal(answers.filter((answer) => !answer.body.duplicate).length, 1);
  const requests = bench.messages().map((message) => message.header.requestId);
  assert.equal(new Set(requests).size, requests.length, 'each message has its own request');
  assert.equal((await fanOut(bench)).length, 1);
});

test('C012: keys and ids belong to a tenant', async () => {
  const bench = ingestBench();
  const withTenant = (tenant: string, n: number) => `{"type":"a.b","tenant":"${tenant}","data":${n}}`;
  const a = await bench.post(withTenant('a', 1), key('1'));
  const b = await bench.post(withTenant('b', 2), key('1'));
  assert.deepEqual([a.status, b.status], [202, 202]);
  assert.notEqual(a.body.id, b.body.id);
  assert.equal(b.body.duplicate, false);
});

test('a crash between claim and send loses nothing: the repeat sends under its own request', async () => {
  const bench = ingestBench();
  bench.queue.refuses = () => true;
  assert.equal((await bench.post(FIRST, key('k'))).status, 503);
  const acceptedAt = bench.clock.now();
  bench.queue.refuses = () => false;
  bench.clock.advance(5_000);
  const repeat = await bench.post(FIRST, key('k'));
  assert.equal(repeat.status, 202);
  assert.equal(repeat.body.duplicate, true);
  const [message, ...more] = bench.messages();
  assert.equal(more.length, 0);
  assert.equal(message?.header.requestId, repeat.headers['x-request-id']);
  // The first acceptance counts, so that delivery ids come out the same whichever message is first.
  assert.equal(message?.header.event.acceptedAt, acceptedAt);
  assert.equal(message?.header.event.time, acceptedAt);
  assert.equal(Date.parse(repeat.body.acceptedAt), acceptedAt);
});

test('a store of claims that is down gives 503, and nothing is sent unclaimed', async () => {
  const bench = ingestBench();
  bench.store.claim = () => Promise.reject(new Error('table is down'));
  const answer = await bench.post(FIRST, key('k'));
  assert.equal(answer.status, 503);
  assert.doesNotMatch(JSON.stringify(answer.body), /table/);
  assert.equal(bench.queue.sent.length, 0);
  assert.equal(bench.log.of('ingest.claim-failed').length, 1);
  // Without a key no claim is needed.
  assert.equal((await bench.post(FIRST)).status, 202);
});

test('keys of 1 to 256 visible ASCII characters without a comma are taken, others refused by name', async () => {
  const bench = ingestBench();
  for (const good of ['k', '~!"k+-', 'k'.repeat(INGEST.maxIdempotencyKeyLength)]) {
    assert.equal((await bench.post(FIRST, key(good))).status, 202, good);
  }
  for (const bad of ['', ' ', 'a b', 'a,b', 'é', 'a\u0000', 'k'.repeat(INGEST.maxIdempotencyKeyLength + 1)]) {
    const answer = await bench.post(FIRST, key(bad));
    assert.equal(answer.status, 400, JSON.stringify(bad));
    assert.equal(answer.body.errors[0]?.pointer, 'idempotency-key');
  }
  assert.equal(bench.queue.sent.length, 3);
});

test('an id and a key together are refused, both named', async () => {
  const bench = ingestBench();
  const answer = await bench.post('{"id":"order-1","type":"a.b","data":1}', key('k'));
  assert.equal(answer.status, 400);
  assert.deepEqual(
    answer.body.errors.map((fault) => fault.pointer),
    ['/id', 'idempotency-key'],
  );
  assert.equal(bench.queue.sent.length, 0);
});

test('a key is forgotten after the retention', async () => {
  const bench = ingestBench();
  await bench.post(FIRST, key('k'));
  bench.clock.advance(RETENTION.recordSeconds * 1000);
  const later = await bench.post(OTHER, key('k'));
  assert.equal(later.status, 202);
  assert.equal(later.body.duplicate, false);
});
