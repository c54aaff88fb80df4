import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManageBench } from '../support/manage-bench.ts';
import { subscription } from '../support/subscription.ts';

const NEW = { url: 'https://hooks.example/a' };

function bench(): ManageBench {
  const api = new ManageBench();
  api.addresses = { 'hooks.example': ['93.184.216.34'] };
  return api;
}

test('a tenant comes back as it was put; a PUT replaces it and keeps its beginning', async () => {
  const api = bench();
  const first = await api.call(
    'PUT',
    '/v1/tenants/acme',
    { name: 'Acme', metadata: { plan: 'gold' }, retrySchedule: [1, 2] },
    'admin',
  );
  assert.equal(first.status, 200, first.text);
  api.clock.advance(5_000);
  const again = await api.call('PUT', '/v1/tenants/acme', { name: 'Acme Ltd' }, 'admin');
  assert.deepEqual(again.body, {
    id: 'acme',
    name: 'Acme Ltd',
    metadata: {},
    retrySchedule: null,
    createdAt: first.body.createdAt,
  });
  assert.deepEqual((await api.call('GET', '/v1/tenants/acme', undefined, 'admin')).body, again.body);
});

test('a first subscription puts its tenant on record', async () => {
  const api = bench();
  assert.equal((await api.call('GET', '/v1/tenants/acme', undefined, 'admin')).status, 404);
  await api.call('POST', '/v1/subscriptions', NEW);
  assert.equal((await api.call('GET', '/v1/tenants/acme', undefined, 'admin')).status, 200);
});

test("a tenant's schedule is shown by those of its subscriptions that have none of their own", async () => {
  const api = bench();
  await api.call('PUT', '/v1/tenants/acme', { retrySchedule: [7, 8] }, 'admin');
  await api.call('POST', '/v1/subscriptions', { ...NEW, id: 'plain' });
  await api.call('POST', '/v1/subscriptions', { ...NEW, id: 'own', retrySchedule: [1] });
  const { body } = await api.call('GET', '/v1/subscriptions');
  const shown = (body.data as { id: string; retrySchedule: number[] }[]).map((one) => [
    one.id,
    one.retrySchedule,
  ]);
  assert.deepEqual(Object.fromEntries(shown), { plain: [7, 8], own: [1] });
  assert.deepEqual((await api.call('GET', '/v1/subscriptions/plain')).body.retrySchedule, [7, 8]);
});

test('tenants are listed in pages, newest first; a key of one sees itself alone', async () => {
  const api = bench();
  for (const id of ['a', 'acme', 'c']) {
    api.clock.advance(1_000);
    await api.call('PUT', `/v1/tenants/${id}`, {}, 'admin');
  }
  const first = await api.call('GET', '/v1/tenants?limit=2', undefined, 'admin');
  const next = await api.call('GET', `/v1/tenants?limit=2&cursor=${first.body.cursor}`, undefined, 'admin');
  const ids = [first, next].flatMap(({ body }) => (body.data as { id: string }[]).map(({ id }) => id));
  assert.deepEqual(ids, ['c', 'acme', 'a']);
  const own = await api.call('GET', '/v1/tenants');
  assert.deepEqual(
    (own.body.data as { id: string }[]).map(({ id }) => id),
    ['acme'],
  );
});

test('deleting a tenant removes its subscriptions and keys, and nobody else\u2019s', async () => {
  const api = bench();
  await api.call('PUT', '/v1/tenants/acme', {}, 'admin');
  for (let i = 0; i < 45; i++) await api.store.create(subscription({ tenant: 'acme', id: `s${i}` }));
  await api.store.create(subscription({ tenant: 'globex', id: 'theirs' }));
  await api.call('POST', '/v1/portal-sessions', { tenant: 'acme' }, 'admin');
  await api.call('POST', '/v1/portal-sessions', { tenant: 'globex' }, 'admin');
  for (const tenant of ['acme', 'globex']) {
    await api.call('POST', '/v1/keys', { name: 'k', scopes: ['events:read'], tenant }, 'admin');
  }
  assert.equal((await api.call('DELETE', '/v1/tenants/acme', undefined, 'admin')).status, 204);
  assert.deepEqual(
    (await api.call('GET', '/v1/subscriptions?tenant=acme', undefined, 'admin')).body.data,
    [],
  );
  assert.notEqual(await api.store.get('globex', 'theirs'), null);
  assert.deepEqual(
    api.keys.sessions.map(({ tenant }) => tenant),
    ['globex'],
  );
  const keys = (await Array.fromAsync(api.keys.newestFirst(null))).flat();
  assert.deepEqual(
    keys.map(({ tenant }) => tenant),
    ['globex'],
  );
  assert.equal((await api.call('DELETE', '/v1/tenants/acme', undefined, 'admin')).status, 404);
});

test('a key of one tenant may not change it, and does not find another', async () => {
  const api = bench();
  await api.call('PUT', '/v1/tenants/acme', {}, 'admin');
  for (const method of ['PUT', 'DELETE']) {
    assert.equal((await api.call(method, '/v1/tenants/acme', undefined, 'acme')).status, 403);
    assert.equal((await api.call(method, '/v1/tenants/acme', undefined, 'globex')).status, 404);
  }
  assert.equal((await api.call('GET', '/v1/tenants/acme', undefined, 'acme')).status, 200);
});

test('a tenant at fault is refused by name of the field', async () => {
  const api = bench();
  for (const [body, pointer] of [
    [{ name: 5 }, '/name'],
    [{ metadata: { a: 1 } }, '/metadata/a'],
    [{ retrySchedule: [0] }, '/retrySchedule/0'],
    [{ id: 'x' }, '/id'],
  ] as const) {
    const answer = await api.call('PUT', '/v1/tenants/acme', body, 'admin');
    assert.deepEqual(
      [answer.status, (answer.body.errors as { pointer: string }[])[0]?.pointer],
      [400, pointer],
    );
  }
  assert.equal((await api.call('GET', '/v1/tenants/acme', undefined, 'admin')).status, 404);
});

test('a portal session is a key of its tenant that expires, in a link that no server sees', async () => {
  const api = bench();
  const { status, body } = await api.call(
    'POST',
    '/v1/portal-sessions',
    { tenant: 'acme', expiresInSeconds: 60 },
    'admin',
  );
  assert.equal(status, 201);
  const url = new URL(String(body.url));
  assert.deepEqual([url.origin, url.pathname, url.search], ['https://console.example', '/', '']);
  const fragment = new URLSearchParams(url.hash.slice(1));
  assert.deepEqual([fragment.get('token'), fragment.get('tenant')], [body.token, 'acme']);
  assert.equal(Date.parse(String(body.expiresAt)), api.clock.now() + 60_000);
  const [key] = api.keys.sessions;
  assert.equal(key?.tenant, 'acme');
  assert.ok(key?.scopes.includes('subscriptions:write') && !key.scopes.includes('admin'));
  assert.ok(!JSON.stringify(key).includes(String(body.token)));
});

test('a read-only portal session has no scope that changes or reveals anything', async () => {
  const api = bench();
  const { body } = await api.call('POST', '/v1/portal-sessions', { tenant: 'acme', readOnly: true }, 'admin');
  assert.match(String(body.url), /[&#]readOnly=1/);
  const [key] = api.keys.sessions;
  assert.deepEqual(key?.scopes, ['events:read', 'subscriptions:read', 'deliveries:read']);
});

test('portal sessions are refused for another tenant, and outside a minute to a day', async () => {
  const api = bench();
  assert.equal((await api.call('POST', '/v1/portal-sessions', { tenant: 'globex' }, 'acme')).status, 403);
  assert.equal((await api.call('POST', '/v1/portal-sessions', {}, 'admin')).status, 400);
  for (const expiresInSeconds of [59, 86_401, 60.5, '60']) {
    const answer = await api.call(
      'POST',
      '/v1/portal-sessions',
      { tenant: 'acme', expiresInSeconds },
      'admin',
    );
    assert.equal(answer.status, 400);
  }
});

test('a portal session is in no list of keys, and ends like a key when it is deleted by its id', async () => {
  const api = bench();
  const { body } = await api.call('POST', '/v1/portal-sessions', { tenant: 'acme' }, 'admin');
  assert.deepEqual((await api.call('GET', '/v1/keys', undefined, 'admin')).body.data, []);
  const path = `/v1/keys/${body.id}`;
  assert.equal((await api.call('DELETE', path, undefined, 'globex')).status, 404);
  assert.equal(api.keys.sessions.length, 1);
  assert.equal((await api.call('DELETE', path, undefined, 'acme')).status, 204);
  assert.equal(api.keys.sessions.length, 0);
  assert.equal((await api.call('DELETE', path, undefined, 'acme')).status, 404);
});
