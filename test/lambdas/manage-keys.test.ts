import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCOPES } from '../../core/api-key.ts';
import { KeyAuthenticator } from '../../core/auth/authenticator.ts';
import { FakeClock } from '../support/clock.ts';
import { FakeAdminKey, FakeApiKeys } from '../support/fake-api-keys.ts';
import { ManageBench } from '../support/manage-bench.ts';

const ROOT_KEY = 'the-first-admin-key';

/** The function with its real authenticator: keys it makes are keys it knows. */
function withOwnKeys() {
  const clock = new FakeClock();
  const keys = new FakeApiKeys();
  const adminKey = new FakeAdminKey(ROOT_KEY);
  const bench = new ManageBench({ keys, clock }, new KeyAuthenticator({ keys, adminKey, clock }));
  const make = async (fields: object, as = ROOT_KEY) => {
    const answer = await bench.call('POST', '/v1/keys', { name: 'shop', ...fields }, as);
    assert.equal(answer.status, 201, answer.text);
    return { id: String(answer.body.id), key: String(answer.body.key), body: answer.body };
  };
  return { bench, clock, keys, make };
}

test('a key made does what its scopes say until it is deleted, and nothing within ten seconds after', async () => {
  const { bench, clock, make } = withOwnKeys();
  const { id, key } = await make({ scopes: ['subscriptions:read'], tenant: 'acme' });
  assert.equal((await bench.call('GET', '/v1/subscriptions', undefined, key)).status, 200);
  assert.equal((await bench.call('POST', '/v1/subscriptions', {}, key)).status, 403);
  assert.equal((await bench.call('GET', '/v1/subscriptions?tenant=globex', undefined, key)).status, 403);
  assert.equal((await bench.call('DELETE', `/v1/keys/${id}`, undefined, ROOT_KEY)).status, 204);
  clock.advance(10_000);
  assert.equal((await bench.call('GET', '/v1/subscriptions', undefined, key)).status, 401);
});

test('C079: a key is shown by the answer that made it, and stored as a hash only', async () => {
  const { bench, keys, make } = withOwnKeys();
  const { id, key, body } = await make({ scopes: ['events:write'] });
  assert.match(key, /^ffk_[\w-]{43}$/);
  assert.deepEqual(Object.keys(body).sort(), [
    'createdAt',
    'expiresAt',
    'id',
    'key',
    'name',
    'scopes',
    'tenant',
  ]);
  const list = await bench.call('GET', '/v1/keys', undefined, ROOT_KEY);
  for (const text of [list.text, JSON.stringify(await keys.get(id)), JSON.stringify(bench.log.lines)]) {
    assert.doesNotMatch(text, new RegExp(key));
  }
  assert.doesNotMatch(list.text, /"hash"/);
});

test('a key that expires is refused from then on and leaves the list', async () => {
  const { bench, clock, make } = withOwnKeys();
  const expiresAt = new Date(clock.now() + 60_000).toISOString();
  const { key, body } = await make({ scopes: ['admin'], expiresAt });
  assert.equal(body.expiresAt, expiresAt);
  assert.equal((await bench.call('GET', '/v1/keys', undefined, key)).status, 200);
  clock.advance(60_000);
  assert.equal((await bench.call('GET', '/v1/keys', undefined, key)).status, 401);
  assert.deepEqual((await bench.call('GET', '/v1/keys', undefined, ROOT_KEY)).body.data, []);
});

test('an admin key of one tenant can neither free itself nor see, make or delete keys of others', async () => {
  const { bench, keys, make } = withOwnKeys();
  const bound = await make({ scopes: ['admin'], tenant: 'acme' });
  const foreign = await make({ scopes: ['admin'], tenant: 'globex' });
  const free = await make({ scopes: ['admin'] });
  assert.equal((await make({ scopes: ['admin'] }, bound.key)).body.tenant, 'acme');
  const asked = { name: 'x', scopes: ['admin'], tenant: 'globex' };
  assert.equal((await bench.call('POST', '/v1/keys', asked, bound.key)).status, 403);
  assert.equal((await bench.call('POST', '/v1/keys', { ...asked, tenant: null }, bound.key)).status, 400);
  const unknown = await bench.call('DELETE', '/v1/keys/key_unknown', undefined, bound.key);
  for (const { id } of [foreign, free]) {
    const answer = await bench.call('DELETE', `/v1/keys/${id}`, undefined, bound.key);
    assert.deepEqual([answer.status, answer.text], [404, unknown.text]);
    assert.notEqual(await keys.get(id), null);
  }
  const seen = (await bench.call('GET', '/v1/keys', undefined, bound.key)).body.data as { tenant: string }[];
  assert.deepEqual(
    seen.map(({ tenant }) => tenant),
    ['acme', 'acme'],
  );
});

test('no scope but admin reaches the keys', async () => {
  const { bench, make } = withOwnKeys();
  const { key } = await make({ scopes: SCOPES.filter((scope) => scope !== 'admin') });
  for (const [method, path] of [
    ['GET', '/v1/keys'],
    ['POST', '/v1/keys'],
    ['DELETE', '/v1/keys/key_1'],
  ] as const) {
    assert.equal((await bench.call(method, path, undefined, key)).status, 403);
  }
});

test('keys are listed newest first, page by page', async () => {
  const { bench, clock, make } = withOwnKeys();
  const made: string[] = [];
  for (let i = 0; i < 5; i++) {
    clock.advance(1);
    made.unshift((await make({ scopes: ['events:write'] })).id);
  }
  const seen: string[] = [];
  let cursor: unknown = null;
  do {
    const query = cursor === null ? '' : `&cursor=${cursor}`;
    const page = await bench.call('GET', `/v1/keys?limit=2${query}`, undefined, ROOT_KEY);
    seen.push(...(page.body.data as { id: string }[]).map(({ id }) => id));
    cursor = page.body.cursor;
  } while (cursor !== null);
  assert.deepEqual(seen, made);
});

test('C067, C077: what is wrong with a new key is named, and nothing is made', async () => {
  const { bench } = withOwnKeys();
  const good = { name: 'x', scopes: ['admin'] };
  for (const [fields, pointer] of [
    [{ name: '' }, '/name'],
    [{ name: 'x'.repeat(129) }, '/name'],
    [{ name: undefined }, '/name'],
    [{ scopes: [] }, '/scopes'],
    [{ scopes: 'admin' }, '/scopes'],
    [{ scopes: ['events:write', 'everything'] }, '/scopes/1'],
    [{ scopes: undefined }, '/scopes'],
    [{ tenant: '' }, '/tenant'],
    [{ tenant: 'a b' }, '/tenant'],
    [{ expiresAt: '2026-02-30T00:00:00Z' }, '/expiresAt'],
    [{ expiresAt: 1_900_000_000 }, '/expiresAt'],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
    [{ hash: 'x' }, '/hash'],
  ] as const) {
    const answer = await bench.call('POST', '/v1/keys', { ...good, ...fields }, ROOT_KEY);
    assert.equal(answer.status, 400, JSON.stringify(fields));
    assert.deepEqual((answer.body.errors as { pointer: string }[])[0]?.pointer, pointer);
  }
  assert.deepEqual((await bench.call('GET', '/v1/keys', undefined, ROOT_KEY)).body.data, []);
});
