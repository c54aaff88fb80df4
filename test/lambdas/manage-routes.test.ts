import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPERATIONS, type OperationSpec } from '../../contract/operations.ts';
import { ManageBench } from '../support/manage-bench.ts';
import { subscription } from '../support/subscription.ts';

const specs: readonly OperationSpec[] = Object.values(OPERATIONS).filter(
  (spec) => spec.path !== '/v1/events' || spec.method === 'GET',
);
const pathOf = ({ path }: OperationSpec): string => path.replace('{id}', 'sub_1');

test('every operation but health asks for a key, and every answer names its request', async () => {
  const bench = new ManageBench();
  for (const spec of specs) {
    const answer = await bench.call(spec.method, pathOf(spec), undefined, null);
    assert.equal(answer.status, spec.scope === null ? 200 : 401, `${spec.method} ${spec.path}`);
    assert.match(String(answer.headers['x-request-id']), /^request-/);
  }
  assert.equal((await bench.call('GET', '/v1/subscriptions', undefined, 'wrong')).status, 401);
});

test('a key without the scope is refused with 403, whatever else is wrong', async () => {
  const bench = new ManageBench();
  const open = [null, 'any', 'subscriptions:read', 'deliveries:read'];
  for (const spec of specs.filter(({ scope }) => !open.includes(scope))) {
    assert.equal(
      (await bench.call(spec.method, pathOf(spec), undefined, 'reader')).status,
      403,
      `${spec.method} ${spec.path}`,
    );
  }
});

test("C076: another tenant's things look like things that are not there, and stay as they are", async () => {
  const bench = new ManageBench();
  await bench.store.create(subscription());
  const before = await bench.store.get('acme', 'sub_1');
  for (const spec of specs.filter(({ path }) => path.includes('{id}'))) {
    const body = spec.method === 'PATCH' ? { description: 'mine' } : undefined;
    const theirs = await bench.call(spec.method, pathOf(spec), body, 'globex');
    const nobodys = await bench.call(spec.method, spec.path.replace('{id}', 'sub_unknown'), body, 'globex');
    assert.equal(theirs.status, 404, `${spec.method} ${spec.path}`);
    assert.equal(theirs.text, nobodys.text);
    const named = `${pathOf(spec)}?tenant=acme`;
    if (spec.query.includes('tenant'))
      assert.equal((await bench.call(spec.method, named, body, 'globex')).status, 403);
  }
  assert.deepEqual(await bench.store.get('acme', 'sub_1'), before);
});

test('C075: encoded characters in a path lead to no other resource and to no 5xx', async () => {
  const bench = new ManageBench();
  await bench.store.create(subscription());
  for (const id of [
    '..%2F..%2Fadmin',
    '%2e%2e',
    'sub_1%00',
    'sub_1%2520',
    'sub%5F1',
    '../../admin',
    '..',
    'sub_1\0',
    '%E0%A4%A',
    'sub_1/',
    '',
    '%20',
    'é',
    'a'.repeat(3_000),
  ]) {
    assert.equal((await bench.call('GET', `/v1/subscriptions/${id}`)).status, 404, id);
  }
  assert.equal((await bench.call('GET', '/v1/subscriptions/sub_1')).status, 200);
});

test('an unknown path is 404, a known one with another method 405 with what is allowed', async () => {
  const bench = new ManageBench();
  assert.equal((await bench.call('GET', '/v1/nothing')).status, 404);
  const answer = await bench.call('PUT', '/v1/subscriptions/sub_1');
  assert.equal(answer.status, 405);
  assert.equal(answer.headers.allow, 'DELETE, GET, HEAD, PATCH');
  assert.equal(answer.headers['content-type'], 'application/problem+json');
});

test('C078: query parameters are judged one by one, by name', async () => {
  const bench = new ManageBench();
  for (const query of [
    'limit=0',
    'limit=-1',
    'limit=1e9',
    'limit=abc',
    'limit=251',
    'limit=10&limit=20',
    'status=ACTIVE',
    'eventType=a..b',
    'after=1',
    'cursor=%00',
    `cursor=${'A'.repeat(10_000)}`,
  ]) {
    const answer = await bench.call('GET', `/v1/subscriptions?${query}`);
    assert.equal(answer.status, 400, query);
    assert.ok(answer.body.detail);
  }
  for (const query of [
    'since=2026-02-30T00:00:00Z',
    'since=1700000000',
    'status=FAILED',
    'event=',
    'subscription=a.b',
  ]) {
    assert.equal((await bench.call('GET', `/v1/deliveries?${query}`)).status, 400, query);
  }
  assert.equal((await bench.call('GET', '/v1/subscriptions?limit=10')).status, 200);
});

test('C070: a cursor is good for its list, tenant and filters only', async () => {
  const bench = new ManageBench();
  for (let i = 0; i < 5; i++) await bench.store.create(subscription({ id: `sub_${i}`, createdAt: i }));
  const page = await bench.call('GET', '/v1/subscriptions?limit=2');
  const cursor = String(page.body.cursor);
  const next = await bench.call('GET', `/v1/subscriptions?limit=2&cursor=${cursor}`);
  assert.deepEqual(
    (next.body.data as { id: string }[]).map(({ id }) => id),
    ['sub_2', 'sub_1'],
  );
  const [payload = '', signature = ''] = cursor.split('.');
  const forged = `${Buffer.from('["9999999999999#z"]').toString('base64url')}.${signature}`;
  assert.equal(
    (await bench.call('GET', `/v1/subscriptions?cursor=${forged}`)).body.type,
    '/problems/invalid-cursor',
  );
  assert.equal(
    (await bench.call('GET', `/v1/subscriptions?cursor=${cursor}`, undefined, 'globex')).status,
    400,
  );
  assert.equal((await bench.call('GET', `/v1/subscriptions?status=active&cursor=${cursor}`)).status, 400);
  assert.equal((await bench.call('GET', `/v1/deliveries?cursor=${cursor}`)).status, 400);
  assert.equal((await bench.call('GET', `/v1/subscriptions?cursor=${payload}`)).status, 400);
});

test('each call leaves one line: operation, caller, tenant, resource, answer', async () => {
  const bench = new ManageBench();
  await bench.call('GET', '/v1/subscriptions/sub_9?tenant=acme', undefined, 'admin');
  await bench.call('GET', '/v1/subscriptions?tenant=no%20tenant', undefined, 'admin');
  await bench.call('GET', '/v1/subscriptions', undefined, 'wrong');
  await bench.call('GET', '/v1/nothing', undefined, 'globex');
  const told = bench.log.of('manage.called').map(({ fields }) => {
    const { operation, keyId, tenant, resourceId, status } = fields;
    return [operation, keyId, tenant, resourceId, status];
  });
  assert.deepEqual(told, [
    ['getSubscription', 'admin', 'acme', 'sub_9', 404],
    ['listSubscriptions', 'admin', undefined, undefined, 400],
    ['listSubscriptions', undefined, undefined, undefined, 401],
    ['unknown', 'key_globex', 'globex', undefined, 404],
  ]);
});

test('no call writes a body, a query or a key into the log', async () => {
  const bench = new ManageBench();
  await bench.call('POST', '/v1/subscriptions', {
    url: 'https://h.example/SECRETPATH?token=SECRETQ',
    headers: { 'X-Key': 'SECRETH' },
  });
  await bench.call('GET', '/v1/deliveries?event=SECRETQ', undefined);
  assert.doesNotMatch(JSON.stringify(bench.log.lines), /SECRET|whsec_|acme@|Bearer/);
});
