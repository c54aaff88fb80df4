import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DISPATCH } from '../../contract/limits.ts';
import { attemptAndTest } from './attempt-and-test.ts';
import { type Endpoint, type InProcessRunner, startEndpoint, startInProcess } from './runner.ts';

const KEY = 'key-4711-of-the-shop';
const BASIC = Buffer.from('shop:password-4711').toString('base64');

let runner: InProcessRunner;
/** Sends back what it got, as services for trying things out do; below `/long` more than is kept. */
let echo: Endpoint;
before(async () => {
  runner = await startInProcess();
  echo = await startEndpoint((request) => {
    const told = JSON.stringify({ headers: request.headers, url: request.target, password: 'password-4711' });
    const room = DISPATCH.maxResponseBodyBytes - 10;
    const body = request.target.startsWith('/long') ? `${' '.repeat(room)}${KEY}${told}` : told;
    return { status: request.target.startsWith('/fail') ? 500 : 200, body };
  });
});
after(async () => {
  await runner.stop();
  await echo.close();
});

for (const path of ['/echo', '/fail', '/long']) {
  test(`an endpoint that echoes requests puts no header value into the delivery log, nor into a test's answer: ${path}`, async () => {
    const tenant = path.slice(1);
    const headers = { 'X-Api-Key': KEY, Authorization: `Basic ${BASIC}` };
    const url = `${echo.url.replace('/hook', path)}?token=hidden-4711`;
    const both = await attemptAndTest(runner, tenant, url, { headers });
    for (const { responseBody } of both) {
      assert.match(responseBody, /…/);
      assert.doesNotMatch(responseBody, /4711|c2hvcDpw|key-/);
      if (path !== '/long') assert.match(responseBody, /"fanfare-delivery":"dlv_/);
    }
    const [request] = echo.requests.filter(({ target }) => target.startsWith(path));
    assert.deepEqual(
      [request?.headers['x-api-key'], request?.headers.authorization],
      [KEY, `Basic ${BASIC}`],
    );
  });
}
