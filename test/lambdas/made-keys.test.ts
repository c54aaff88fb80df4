import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCOPES } from '../../core/api-key.ts';
import { ROOT_KEY, withOwnKeys } from '../support/own-keys.ts';

test('a key lives no longer than the one that made it, over any number of steps', async () => {
  const { make, inMinutes, keys } = withOwnKeys();
  const end = inMinutes(60);
  const maker = (await make({ scopes: ['admin'], expiresAt: end }, ROOT_KEY)).body;
  const longer = await make({ scopes: ['events:read'], expiresAt: inMinutes(61) }, String(maker.key));
  assert.deepEqual(
    [longer.status, (longer.body.errors as object[])[0]],
    [400, { pointer: '/expiresAt', detail: `must not be after ${end}, when the key that makes it ends` }],
  );
  for (const expiresAt of [undefined, null, end]) {
    const made = await make({ scopes: ['admin'], expiresAt }, String(maker.key));
    assert.deepEqual([made.status, made.body.expiresAt], [201, end], String(expiresAt));
    const next = await make({ scopes: ['admin'] }, String(made.body.key));
    assert.equal(next.body.expiresAt, end);
  }
  const shorter = await make({ scopes: ['admin'], expiresAt: inMinutes(5) }, String(maker.key));
  assert.equal(shorter.body.expiresAt, inMinutes(5));
  assert.equal(
    (await make({ scopes: ['admin'] }, ROOT_KEY)).body.expiresAt,
    null,
    'the first key never ends',
  );
  assert.equal((await Array.fromAsync(keys.newestFirst(null))).flat().length, 9);
});

test('a portal session ends with the key that made it, at the latest', async () => {
  const { make, session, inMinutes, keys } = withOwnKeys();
  const maker = String((await make({ scopes: ['admin'], expiresAt: inMinutes(30) }, ROOT_KEY)).body.key);
  const longer = await session({ expiresInSeconds: 1_801 }, maker);
  assert.deepEqual(
    [longer.status, (longer.body.errors as { pointer: string }[])[0]?.pointer],
    [400, '/expiresInSeconds'],
  );
  assert.equal(keys.sessions.length, 0);
  assert.equal(
    (await session({}, maker)).body.expiresAt,
    inMinutes(30),
    'an hour, unless the maker ends before',
  );
  assert.equal((await session({ expiresInSeconds: 1_800 }, maker)).body.expiresAt, inMinutes(30));
  assert.equal((await session({ expiresInSeconds: 60 }, maker)).body.expiresAt, inMinutes(1));
});

test('nobody makes a key or a session that may do more: not by scope, not by tenant, not out of a session', async () => {
  const { bench, make, session, keys } = withOwnKeys();
  const bound = String((await make({ scopes: ['admin'], tenant: 'acme' }, ROOT_KEY)).body.key);
  assert.equal((await make({ scopes: ['admin'], tenant: 'globex' }, bound)).status, 403);
  assert.equal((await make({ scopes: ['admin'] }, bound)).body.tenant, 'acme');
  assert.equal((await session({ tenant: 'globex' }, bound)).status, 403);
  const { token } = (await session({}, bound)).body;
  const others = SCOPES.filter((scope) => scope !== 'admin');
  const { key } = (await make({ scopes: others }, ROOT_KEY)).body;
  const before = (await Array.fromAsync(keys.newestFirst(null))).flat().length;
  for (const as of [String(token), String(key)]) {
    for (const scopes of [['admin'], ['events:read']]) assert.equal((await make({ scopes }, as)).status, 403);
    assert.equal((await session({}, as)).status, 403);
    assert.equal((await bench.call('DELETE', '/v1/keys/key_1', undefined, as)).status, 403);
  }
  assert.equal((await Array.fromAsync(keys.newestFirst(null))).flat().length, before);
});

test('signing out ends the session that asks, and no other', async () => {
  const { bench, clock, make, session, keys } = withOwnKeys();
  const tokens = [];
  for (const fields of [{}, { readOnly: true }, {}])
    tokens.push(String((await session(fields, ROOT_KEY)).body.token));
  const read = (as = '') => bench.call('GET', '/v1/subscriptions', undefined, as);
  const signOut = (as = '') => bench.call('DELETE', '/v1/portal-sessions/current', undefined, as);
  for (const token of tokens) assert.equal((await read(token)).status, 200);
  for (const token of tokens.slice(0, 2))
    assert.deepEqual([(await signOut(token)).status, (await signOut()).status], [204, 401]);
  clock.advance(10_000);
  assert.deepEqual(
    [(await read(tokens[0])).status, (await read(tokens[1])).status, (await read(tokens[2])).status],
    [401, 401, 200],
  );
  assert.equal(keys.sessions.length, 1);
  const key = String((await make({ scopes: ['events:read'] }, ROOT_KEY)).body.key);
  for (const as of [key, ROOT_KEY]) {
    const { status, body } = await signOut(as);
    assert.deepEqual([status, body.type], [404, '/problems/not-found'], 'a key is revoked by its id');
  }
  assert.equal((await bench.call('GET', '/v1/events', undefined, key)).status, 200);
});
