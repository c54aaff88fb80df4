import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPERATIONS } from '../../contract/operations.ts';
import { ingestBench } from '../support/ingest-bench.ts';
import { ManageBench } from '../support/manage-bench.ts';
import { subscription } from '../support/subscription.ts';

const specs = Object.values(OPERATIONS);
const DOCUMENT = OPERATIONS.getOpenApi.path;
const pathOf = (path: string): string => path.replace(/\{\w+\}/, 'sub_1');

async function bench(...limit: readonly { readonly perSecond: number; readonly burst: number }[]) {
  const made = new ManageBench({}, undefined, ...limit);
  await made.store.create(subscription());
  return made;
}

test('C112: HEAD is answered on every GET route as GET, without a body, with a key and without', async () => {
  const b = await bench();
  for (const { path } of specs.filter(({ method }) => method === 'GET')) {
    for (const token of ['admin', 'reader', null]) {
      const [get, head] = [
        await b.call('GET', pathOf(path), undefined, token),
        await b.call('HEAD', pathOf(path), undefined, token),
      ];
      const { 'x-request-id': _one, ...expected } = get.headers;
      const { 'x-request-id': id, ...headers } = head.headers;
      assert.deepEqual([head.status, headers], [get.status, expected], `${path} ${token}`);
      assert.equal(head.text, '');
      assert.ok(id);
    }
  }
  assert.equal((await b.call('HEAD', OPERATIONS.getHealth.path, undefined, null)).status, 200);
});

test('C112: HEAD of what cannot be read is 405, and what can be read says that it takes HEAD', async () => {
  const b = await bench();
  const head = await b.call('HEAD', '/v1/redrive');
  assert.deepEqual([head.status, head.headers.allow, head.text], [405, 'POST', '']);
  assert.equal((await b.call('PUT', '/v1/deliveries')).headers.allow, 'GET, HEAD');
  assert.equal((await b.call('HEAD', '/v1/nothing')).status, 404);
});

test('C120: a doubled slash leads to nothing', async () => {
  const b = await bench();
  for (const path of ['//v1/health', '/v1//health', '/v1/health//', '//v1//health', '/V1/health']) {
    const { status, body } = await b.call('GET', path);
    assert.deepEqual([status, body.type], [404, '/problems/not-found'], path);
  }
});

test('no answer may be kept but the document: neither a refusal nor a failure', async () => {
  const b = await bench();
  for (const { method, path } of specs.filter(
    (spec) => spec.path !== DOCUMENT && spec !== OPERATIONS.postEvents,
  )) {
    for (const token of ['admin', null])
      assert.equal(
        (await b.call(method, pathOf(path), {}, token)).headers['cache-control'],
        'no-store',
        path,
      );
  }
  b.store.get = async () => {
    throw new Error('the table is gone');
  };
  const failed = await b.call('GET', '/v1/subscriptions/sub_1');
  assert.deepEqual([failed.status, failed.headers['cache-control']], [500, 'no-store']);
  const { post } = ingestBench();
  for (const [body, status] of [
    ['{"type":"a.b","data":1}', 202],
    ['{', 400],
  ] as const) {
    const answer = await post(body);
    assert.deepEqual([answer.status, answer.headers['cache-control']], [status, 'no-store']);
  }
});

test('the document may be kept for five minutes, and is not sent again to who has it', async () => {
  const b = await bench();
  const ask = (tag?: string, method = 'GET') =>
    b.call(method, DOCUMENT, undefined, null, tag === undefined ? {} : { 'if-none-match': tag });
  const first = await ask();
  const etag = String(first.headers.etag);
  assert.match(etag, /^"[\w-]{22}"$/);
  assert.deepEqual([first.status, first.headers['cache-control']], [200, 'public, max-age=300']);
  for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
    for (const method of ['GET', 'HEAD']) {
      const again = await ask(tag, method);
      assert.deepEqual([again.status, again.text, again.headers.etag], [304, '', etag], tag);
      assert.equal(again.headers['cache-control'], 'public, max-age=300');
    }
  }
  for (const tag of ['"x"', etag.slice(1, -1), '']) {
    assert.equal((await ask(tag)).text, first.text, tag);
  }
  const health = await b.call('GET', '/v1/health', undefined, null, { 'if-none-match': '*' });
  assert.equal(health.status, 200, 'what has no tag is not compared');
});

test('a key that asks too often is told to wait; other keys and open operations are not', async () => {
  const b = await bench({ perSecond: 2, burst: 5 });
  const read = (token: string | null, path = '/v1/subscriptions') => b.call('GET', path, undefined, token);
  for (let i = 0; i < 5; i++) assert.equal((await read('acme')).status, 200);
  const { status, body, headers } = await read('acme');
  assert.deepEqual([status, body.type, headers['retry-after']], [429, '/problems/rate-limited', '1']);
  assert.equal((await b.call('POST', '/v1/redrive', {})).status, 429, 'writes are counted too');
  assert.equal(b.taskQueue.sent.length, 0);
  assert.equal((await read('globex')).status, 200);
  for (let i = 0; i < 9; i++) {
    assert.equal((await read(null, '/v1/health')).status, 200);
    assert.equal((await read('acme', '/v1/health')).status, 200);
  }
  b.clock.advance(1_000);
  assert.equal((await read('acme')).status, 200);
});
