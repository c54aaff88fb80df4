import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { KeyAuthenticator } from '../../../core/auth/authenticator.ts';
import type { KeyRecord } from '../../../core/auth/ports.ts';
import { hashToken, newToken } from '../../../core/auth/token.ts';
import { FakeClock, seededRandom } from '../../support/clock.ts';
import { FakeAdminKey, FakeApiKeys } from '../../support/fake-api-keys.ts';

const random = seededRandom();
const token = newToken(random);
const admin = 'the-first-admin-key';
let clock: FakeClock;
let keys: FakeApiKeys;
let adminKey: FakeAdminKey;
let authenticator: KeyAuthenticator;

beforeEach(() => {
  clock = new FakeClock();
  keys = new FakeApiKeys();
  adminKey = new FakeAdminKey(admin);
  authenticator = new KeyAuthenticator({ keys, adminKey, clock });
});

function record(changes: Partial<KeyRecord> = {}): KeyRecord {
  return {
    id: 'key_1',
    name: 'shop',
    hash: hashToken(token),
    scopes: ['events:write'],
    tenant: 'acme',
    madeBy: [],
    createdAt: clock.now(),
    expiresAt: null,
    ...changes,
  };
}

test('a stored key tells its id, scopes, tenant and end', async () => {
  await keys.create(record());
  assert.deepEqual(await authenticator.authenticate(token), {
    keyId: 'key_1',
    scopes: ['events:write'],
    tenant: 'acme',
    lineage: [hashToken(token)],
    expiresAt: null,
  });
});

test('an unknown, empty or garbled token is nobody', async () => {
  await keys.create(record());
  for (const text of ['', 'ffk_', token.slice(0, -1), `${token}x`, token.toLowerCase(), hashToken(token)]) {
    assert.equal(await authenticator.authenticate(text), null, text);
  }
});

test('a token that cannot be a key costs no look-up', async () => {
  await authenticator.authenticate('guess');
  assert.equal(keys.lookUps, 0);
});

test('a key in use is looked up once in five seconds', async () => {
  await keys.create(record());
  for (let i = 0; i < 10; i++) await authenticator.authenticate(token);
  assert.equal(keys.lookUps, 1);
  clock.advance(5_000);
  await authenticator.authenticate(token);
  assert.equal(keys.lookUps, 2);
});

test('a deleted key is refused within ten seconds', async () => {
  await keys.create(record());
  await authenticator.authenticate(token);
  await keys.remove(record());
  clock.advance(10_000);
  assert.equal(await authenticator.authenticate(token), null);
});

test('a key is refused within ten seconds after one that it comes from was revoked, at any place in its line', async () => {
  const line = [1, 2, 3].map((at) => ({ id: `key_${at + 1}`, hash: hashToken(`maker ${at}`) }));
  for (const gone of line) {
    const store = new FakeApiKeys();
    const fresh = new KeyAuthenticator({ keys: store, adminKey, clock });
    for (const [at, { id, hash }] of line.entries())
      await store.create(record({ id, hash, madeBy: line.slice(0, at).map((one) => one.hash) }));
    const madeBy = line.map(({ hash }) => hash);
    await store.create(record({ madeBy }));
    assert.deepEqual((await fresh.authenticate(token))?.lineage, [...madeBy, hashToken(token)]);
    await store.revoke(record({ id: gone.id }));
    clock.advance(10_000);
    assert.equal(await fresh.authenticate(token), null, gone.id);
    clock.advance(60_000);
    assert.equal(await fresh.authenticate(token), null, gone.id);
  }
});

test('a refused token is looked up again after three seconds', async () => {
  assert.equal(await authenticator.authenticate(token), null);
  await keys.create(record());
  assert.equal(await authenticator.authenticate(token), null);
  clock.advance(3_000);
  assert.equal((await authenticator.authenticate(token))?.keyId, 'key_1');
});

test('C071: a key is refused from the millisecond it expires, remembered or not', async () => {
  await keys.create(record({ expiresAt: clock.now() + 1_000 }));
  clock.advance(999);
  assert.equal((await authenticator.authenticate(token))?.keyId, 'key_1');
  clock.advance(1);
  assert.equal(await authenticator.authenticate(token), null);
  clock.advance(60_000);
  assert.equal(await authenticator.authenticate(token), null);
});

test('the first admin key may do everything and is read once', async () => {
  for (let i = 0; i < 5; i++) {
    assert.deepEqual(await authenticator.authenticate(admin), {
      keyId: 'admin',
      scopes: ['admin'],
      tenant: null,
      lineage: [],
      expiresAt: null,
    });
  }
  assert.equal(adminKey.reads, 1);
});

test('unknown tokens make the admin key be read again at most once a minute', async () => {
  for (let i = 0; i < 100; i++) await authenticator.authenticate(`guess-${i}`);
  assert.equal(adminKey.reads, 1);
  clock.advance(60_000);
  for (let i = 0; i < 100; i++) await authenticator.authenticate(`guess-${i}`);
  assert.equal(adminKey.reads, 2);
});

test('a rotated admin key is let in within a minute, and the old one is out within five', async () => {
  await authenticator.authenticate(admin);
  adminKey.value = 'the-next-admin-key';
  clock.advance(60_000);
  assert.equal((await authenticator.authenticate('the-next-admin-key'))?.keyId, 'admin');
  assert.equal(await authenticator.authenticate(admin), null);
});

test('an admin key that is in use is read again after five minutes', async () => {
  await authenticator.authenticate(admin);
  adminKey.value = 'the-next-admin-key';
  clock.advance(300_000);
  assert.equal(await authenticator.authenticate(admin), null);
});

test('an empty admin secret lets nobody in', async () => {
  adminKey.value = '';
  assert.equal(await authenticator.authenticate(''), null);
  assert.equal(await authenticator.authenticate(hashToken('')), null);
});

test('stored keys work while the admin key cannot be read; unknown tokens are an error, not a refusal', async () => {
  await keys.create(record());
  adminKey.failing = true;
  assert.equal((await authenticator.authenticate(token))?.keyId, 'key_1');
  await assert.rejects(authenticator.authenticate(admin));
  adminKey.failing = false;
  assert.equal((await authenticator.authenticate(admin))?.keyId, 'admin');
});

test('remembered refusals do not grow without bound, and do not push out keys for good', async () => {
  await keys.create(record());
  for (let i = 0; i < 3_000; i++) await authenticator.authenticate(`guess-${i}`);
  assert.equal((await authenticator.authenticate(token))?.keyId, 'key_1');
});
