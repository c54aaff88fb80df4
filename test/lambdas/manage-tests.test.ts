import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QUOTA, type Quotas, TEST } from '../../contract/limits.ts';
import { TIMEOUT_SECONDS } from '../../lib/blocks/timeouts.ts';
import { answer } from '../support/dispatch-world.ts';
import { ManageBench } from '../support/manage-bench.ts';

/** A bench whose endpoints answer when they are told to. */
async function hanging(quotas: Quotas = QUOTA) {
  const bench = new ManageBench({ quotas });
  const waiting: (() => void)[] = [];
  bench.respond = () => new Promise((resolve) => waiting.push(() => resolve(answer(200))));
  for (const tenant of ['acme', 'globex']) {
    await bench.call(
      'POST',
      '/v1/subscriptions',
      { id: 'sub', tenant, url: `https://${tenant}.example/` },
      'admin',
    );
  }
  const letAnswer = () => {
    for (const go of waiting.splice(0)) go();
  };
  return { bench, letAnswer };
}

test('90 tests of an endpoint that hangs: three wait for it, the others are told at once when to come back', async () => {
  const { bench, letAnswer } = await hanging();
  const tests = Array.from({ length: 90 }, () => bench.call('POST', '/v1/subscriptions/sub/test'));
  const refused = [];
  for (const one of tests) {
    const early = await Promise.race([
      one,
      new Promise<null>((resolve) => setImmediate(() => resolve(null))),
    ]);
    if (early !== null) refused.push(early);
  }
  assert.equal(refused.length, 90 - QUOTA.testsPerTenant);
  for (const { status, body, headers } of refused) {
    assert.equal(status, 429);
    assert.equal(body.type, '/problems/rate-limited');
    assert.match(String(body.detail), /test deliveries of this tenant under way .* is 3.*"testsPerTenant"/);
    assert.equal(headers['retry-after'], String(TEST.retryAfterSeconds));
  }
  assert.equal(bench.sent.length, QUOTA.testsPerTenant);
  // Another tenant is not held up, neither in its tests nor in anything else.
  const other = bench.call('POST', '/v1/subscriptions/sub/test', undefined, 'globex');
  assert.equal((await bench.call('GET', '/v1/subscriptions', undefined, 'globex')).status, 200);
  letAnswer();
  assert.equal((await other).status, 200);
  const statuses = (await Promise.all(tests)).map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, QUOTA.testsPerTenant);
  bench.respond = async () => answer(200);
  assert.equal((await bench.call('POST', '/v1/subscriptions/sub/test')).status, 200);
});

test('a test that fails, and one whose lease cannot be given back, are answered as ever', async () => {
  const { bench } = await hanging({ ...QUOTA, testsPerTenant: 1 });
  bench.respond = () => Promise.reject(new Error('broken'));
  assert.equal((await bench.call('POST', '/v1/subscriptions/sub/test')).status, 500);
  assert.deepEqual(bench.leases.held, []);
  bench.respond = async () => answer(204);
  bench.leases.failing = true;
  const answered = await bench.call('POST', '/v1/subscriptions/sub/test');
  assert.deepEqual([answered.status, answered.body.status], [200, 204]);
  assert.equal(bench.log.of('manage.lease-kept').length, 1);
  assert.equal((await bench.call('POST', '/v1/subscriptions/sub/test')).status, 429);
  bench.clock.advance(TEST.leaseSeconds * 1000);
  assert.equal((await bench.call('POST', '/v1/subscriptions/sub/test')).status, 200);
});

test('what is refused before anything is sent takes no lease', async () => {
  const { bench } = await hanging({ ...QUOTA, testsPerTenant: 1 });
  bench.respond = async () => answer(200);
  for (const body of ['{"type":1}', '{"x":1}']) {
    assert.equal((await bench.call('POST', '/v1/subscriptions/sub/test', body)).status, 400);
  }
  assert.equal((await bench.call('POST', '/v1/subscriptions/none/test')).status, 404);
  assert.deepEqual(bench.leases.held, []);
});

test('a lease outlives whatever manage may still be doing, and a test ends before its caller is given up', () => {
  assert.ok(TEST.leaseSeconds >= TIMEOUT_SECONDS.manage);
  assert.ok(TEST.maxSeconds < TIMEOUT_SECONDS.manage);
});
