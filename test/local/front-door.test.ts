import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DOCS_PAGE, PAGE_CACHE_CONTROL } from '../../contract/console.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { type InProcessRunner, startInProcess } from './runner.ts';

let runner: InProcessRunner;
before(async () => {
  runner = await startInProcess();
});
after(() => runner.stop());

/** A request without a key, its path sent as it is written. */
const ask = (path: string, init: RequestInit = {}) => fetch(runner.url + path, init);

test('C112: HEAD needs no key where GET needs none, and has no body', async () => {
  for (const { path } of [OPERATIONS.getHealth, OPERATIONS.getOpenApi]) {
    const answer = await ask(path, { method: 'HEAD' });
    assert.deepEqual([answer.status, await answer.text()], [200, ''], path);
    assert.equal(answer.headers.get('content-type'), 'application/json');
  }
  assert.equal((await ask('/v1/events', { method: 'HEAD' })).status, 401);
});

test('C120: a path that looks like the API is answered by the API or not at all, never by the page', async () => {
  for (const path of [
    '//v1/health',
    '/v1//health',
    '/%2Fv1/health',
    '/V1/health',
    '/v1',
    '/v1%2Fhealth%2F',
  ]) {
    const answer = await ask(path);
    assert.match(String(answer.headers.get('content-type')), /^application\/(problem\+)?json$/, path);
    assert.ok([401, 404].includes(answer.status), `${path} ${answer.status}`);
    assert.equal(answer.headers.get('cache-control'), 'no-store', path);
  }
});

test('document and docs page are not sent again to who has them', async () => {
  for (const [path, cacheControl] of [
    [OPERATIONS.getOpenApi.path, 'public, max-age=300'],
    [DOCS_PAGE.path, PAGE_CACHE_CONTROL],
  ] as const) {
    const first = await ask(path);
    const etag = String(first.headers.get('etag'));
    assert.deepEqual([first.status, first.headers.get('cache-control')], [200, cacheControl], path);
    const again = await ask(path, { headers: { 'if-none-match': etag } });
    assert.deepEqual([again.status, await again.text(), again.headers.get('etag')], [304, '', etag], path);
    assert.equal((await ask(path, { headers: { 'if-none-match': '"other"' } })).status, 200);
  }
});
