import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { routeTo } from '../small-assembly.ts';
import { type SmallStack, startSmallStack } from '../small-stack.ts';

let stack: SmallStack;

before(async () => {
  const code = `export const handler = async (event) => {
    const asked = event.queryStringParameters ?? {};
    if (asked.throw) throw new Error('secret details');
    if (asked.bare) return { hello: 'world' };
    if (asked.nonsense) return { statusCode: 'x' };
    if (asked.cookies) return { statusCode: 204, cookies: ['a=1', 'b=2'] };
    return { statusCode: 200, body: String(event.body?.length ?? 0) };
  };`;
  stack = await startSmallStack({ functions: { Unit: { code } }, resources: routeTo('Unit', 'ANY /unit') });
});

after(() => stack.close());

async function ask(query: string, init: RequestInit = {}) {
  const answer = await fetch(`${stack.url}/unit${query}`, init);
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
}

test("a function's answer is passed on, with the id of the request", async () => {
  const { status, headers, body } = await ask('');
  assert.deepEqual([status, body], [200, '0']);
  assert.ok(headers.get('apigw-requestid'));
});

test('a result without a status, cookies, and a HEAD request are answered as AWS does', async () => {
  assert.equal((await ask('?bare=1')).body, '{"hello":"world"}');
  assert.deepEqual((await ask('?cookies=1')).headers.getSetCookie(), ['a=1', 'b=2']);
  assert.deepEqual((await ask('', { method: 'HEAD' })).status, 200);
});

test('an error or a senseless result is a 500 that says nothing about it', async () => {
  for (const query of ['?throw=1', '?nonsense=1']) {
    const { status, body } = await ask(query);
    assert.deepEqual([status, body], [500, '{"message":"Internal Server Error"}']);
  }
});

test('a path without a route is a 404', async () => {
  const answer = await fetch(`${stack.url}/elsewhere`);
  assert.deepEqual([answer.status, await answer.text()], [404, '{"message":"Not Found"}']);
});

test('a body over 10 MB, and one too large for a function, is a 413', async () => {
  const post = (bytes: number) =>
    ask('', { method: 'POST', body: 'x'.repeat(bytes), headers: { 'content-type': 'text/plain' } });
  assert.equal((await post(5 * 1024 * 1024)).body, String(5 * 1024 * 1024));
  assert.equal((await post(7 * 1024 * 1024)).status, 413);
  assert.equal((await post(10 * 1024 * 1024 + 1)).status, 413);
});

test('request line and headers over 10,240 bytes are a 431', async () => {
  assert.equal((await ask('', { headers: { 'x-long': 'x'.repeat(9_000) } })).status, 200);
  const answer = await raw(`GET /unit HTTP/1.1\r\nhost: h\r\nx-long: ${'x'.repeat(10_300)}\r\n\r\n`);
  assert.match(answer, /^HTTP\/1\.1 431 /);
});

test('what is not HTTP is a 400', async () => {
  assert.match(await raw('nonsense\r\n\r\n'), /^HTTP\/1\.1 400 /);
});

function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(stack.url).port), '127.0.0.1', () => socket.write(text));
    let got = '';
    socket.setEncoding('utf8').on('data', (part) => {
      got += part;
    });
    socket.on('error', reject).on('close', () => resolve(got));
  });
}
