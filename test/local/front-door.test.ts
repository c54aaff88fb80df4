import assert from 'node:assert/strict';
import { get, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
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

/** The same by `node:http`, which sends dots and doubled slashes as they are. */
async function askRaw(path: string): Promise<{ status: number; headers: IncomingHttpHeaders }> {
  const { port } = new URL(runner.url);
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }));
    }).on('error', reject);
  });
}

/** What is answered to these lines. */
function sendLines(port: number, lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
    let got = '';
    socket.setEncoding('utf8').on('data', (part) => {
      got += part;
    });
    socket.on('error', reject).on('close', () => resolve(got));
  });
}

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
    '/./v1/health',
    '/%2E/v1/health',
    '/x/../v1/health',
    '/.%2Fv1%2Fhealth',
    '/v1/./health',
    '/v1/events/..',
    '/%252Fv1/health',
    '/%252e/v1/health',
    '/;v1/health',
    '/v1;a=b/health',
    '/%20v1/health',
    '/%00v1/health',
    '/%5Cv1%5Chealth',
    'http://127.0.0.1/v1/health',
  ]) {
    const answer = await askRaw(path);
    assert.match(String(answer.headers['content-type']), /^application\/(problem\+)?json$/, path);
    assert.ok([401, 404].includes(answer.status), `${path} ${answer.status}`);
    assert.equal(answer.headers['cache-control'], 'no-store', path);
  }
});

test('places of the page are still the page', async () => {
  for (const path of [
    '/',
    '/events',
    '/subscriptions/v1',
    '/overview',
    '/.well-known',
    '/vault',
    '/v',
    '/...',
  ]) {
    assert.match(String((await ask(path)).headers.get('content-type')), /^text\/html/, path);
  }
});

test('HEAD is answered by what answers GET: never by the page in its place', async () => {
  for (const path of ['/metrics', '/metrics.json', '/demo/receiver/requests', '/v1/health', '/']) {
    const [head, get] = [await ask(path, { method: 'HEAD' }), await ask(path)];
    assert.deepEqual([head.status, await head.text()], [200, ''], path);
    for (const name of ['content-type', 'cache-control'])
      assert.equal(head.headers.get(name), get.headers.get(name), `${name} of ${path}`);
    await get.text();
  }
});

test('whatever is refused at the door may not be kept', async () => {
  const refused: readonly (readonly [status: number, path: string, init: RequestInit])[] = [
    [403, '/v1/health', { headers: { origin: 'https://evil.example' } }],
    [403, '/', { headers: { 'sec-fetch-site': 'cross-site' } }],
    [405, '/demo/receiver', {}],
    [405, '/demo/receiver', { method: 'HEAD' }],
    [405, '/demo/receiver/requests', { method: 'PUT' }],
    [200, '/demo/receiver/requests', {}],
    [404, '/assets/none.js', {}],
    [401, '/demo/none', {}],
    [401, '/v1/health', { method: 'PUT' }],
  ];
  for (const [status, path, init] of refused) {
    const answer = await ask(path, init);
    const told = `${status} ${init.method ?? 'GET'} ${path}`;
    assert.deepEqual([answer.status, answer.headers.get('cache-control')], [status, 'no-store'], told);
    await answer.text();
  }
});

test('a request with two Host lines is refused, in whatever order and on every listener', async () => {
  const { port } = new URL(runner.url);
  const [lambda] = runner.runner.stack.functions;
  const ports = [port, new URL(lambda?.variables.AWS_ENDPOINT_URL_SQS ?? '').port];
  for (const at of ports) {
    for (const hosts of [
      [`127.0.0.1:${at}`, 'evil.example'],
      ['evil.example', `127.0.0.1:${at}`],
      [`127.0.0.1:${at}`, `127.0.0.1:${at}`],
    ]) {
      const answer = await sendLines(Number(at), [
        'GET /v1/health HTTP/1.1',
        ...hosts.map((host) => `Host: ${host}`),
      ]);
      assert.match(answer, /^HTTP\/1\.1 400 .*\r\ncache-control: no-store/s, `${at} ${hosts}`);
    }
  }
  assert.match(await sendLines(Number(port), ['GARBAGE']), /^HTTP\/1\.1 400 .*\r\ncache-control: no-store/s);
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
