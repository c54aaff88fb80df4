import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeyDirectory, KeyRecord } from '../../core/auth/ports.ts';
import { hashToken } from '../../core/auth/token.ts';
import type { KeyStore } from '../../core/manage/key-store.ts';

const NOW = 1_767_323_050_000;

/** What every store of API keys must do. `empty` makes a store without keys. */
export function keyStoreContract(name: string, empty: () => Promise<KeyDirectory & KeyStore>): void {
  test(`${name}: a key made is found by hash and by id, whole`, async () => {
    const store = await empty();
    for (const made of [record(1), record(2, { tenant: 'acme', expiresAt: 4_102_444_800_123, name: '' })]) {
      await store.create(made);
      assert.deepEqual(await store.byHash(made.hash), made);
      assert.deepEqual(await store.get(made.id), made);
      assert.equal(await store.getSession(made.id), null, 'a key is no session');
    }
  });

  test(`${name}: an unknown hash or id finds nothing`, async () => {
    const store = await empty();
    await store.create(record(1));
    assert.equal(await store.byHash(hashToken('other')), null);
    assert.equal(await store.get('key_other'), null);
  });

  test(`${name}: a key cannot be made twice`, async () => {
    const store = await empty();
    await store.create(record(1));
    await assert.rejects(store.create({ ...record(1), name: 'again' }));
    assert.equal((await store.get(record(1).id))?.name, 'key 1');
  });

  test(`${name}: lists are newest first and go on after a key, even a removed one`, async () => {
    const store = await empty();
    const records = Array.from({ length: 12 }, (_, at) => record(at + 1));
    for (const made of records) await store.create(made);
    const newest = [...records].reverse();
    assert.deepEqual(await all(store, null), newest);
    const fifth = record(8);
    await store.remove(fifth, NOW);
    assert.deepEqual(await all(store, fifth.id), newest.slice(5));
  });

  test(`${name}: a removed key is gone from both places; removing it again changes nothing`, async () => {
    const store = await empty();
    await store.create(record(1));
    await store.create(record(2));
    await Promise.all([store.remove(record(1), NOW), store.remove(record(1), NOW)]);
    assert.equal(await store.byHash(record(1).hash), null);
    assert.equal(await store.get(record(1).id), null);
    assert.deepEqual(await all(store, null), [record(2)]);
  });

  test(`${name}: a portal session is found by hash and id, is in no list, can be removed, and ends with all others of its tenant`, async () => {
    const store = await empty();
    await store.create(record(1));
    const session = (number: number, tenant: string) => ({ ...record(number), tenant });
    for (let i = 10; i < 60; i++) await store.createSession(session(i, 'acme'));
    await store.createSession(session(99, 'globex'));
    assert.deepEqual(await store.byHash(record(10).hash), session(10, 'acme'));
    assert.deepEqual(await store.get(record(10).id), session(10, 'acme'));
    assert.deepEqual(await store.getSession(record(10).id), session(10, 'acme'));
    assert.deepEqual(await all(store, null), [record(1)]);
    await store.remove(session(11, 'acme'), NOW);
    assert.equal(await store.byHash(record(11).hash), null);
    assert.equal(await store.get(record(11).id), null);
    assert.equal(await store.removeSessions('acme'), 49);
    assert.equal(await store.removeSessions('acme'), 0);
    assert.equal(await store.byHash(record(10).hash), null);
    assert.notEqual(await store.byHash(record(99).hash), null);
    assert.notEqual(await store.byHash(record(1).hash), null);
  });
}

function record(number: number, changes: Partial<KeyRecord> = {}): KeyRecord {
  return {
    id: `key_${String(number).padStart(4, '0')}`,
    name: `key ${number}`,
    hash: hashToken(`token ${number}`),
    scopes: ['events:write', 'events:read'],
    tenant: null,
    createdAt: 1_767_323_045_678 + number,
    expiresAt: null,
    ...changes,
  };
}

async function all(store: KeyStore, after: string | null): Promise<readonly KeyRecord[]> {
  const found: KeyRecord[] = [];
  for await (const page of store.newestFirst(after)) found.push(...page);
  return found;
}
