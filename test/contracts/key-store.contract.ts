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

  test(`${name}: a revoked key lets nobody in, nor does what comes from it; more of that cannot be made; it is found by id`, async () => {
    const store = await empty();
    const [first, second, third] = [record(1), from(2, record(1)), from(3, from(2, record(1)))];
    for (const one of [first, second, third]) assert.deepEqual(await store.create(one), { kind: 'room' });
    const hashes = [first.hash, second.hash, third.hash];
    assert.deepEqual([await store.areOnRecord(hashes), await store.areOnRecord([])], [true, true]);
    assert.equal(await store.areOnRecord([first.hash, hashToken('other')]), false);
    await store.revoke(first);
    await store.revoke(first);
    assert.equal(await store.byHash(first.hash), null);
    assert.equal(await store.areOnRecord(hashes), false);
    assert.deepEqual(await store.get(first.id), first, 'until it is removed');
    for (const maker of [first, second, third]) {
      assert.deepEqual(await store.create(from(50, maker)), { kind: 'maker-gone' });
      assert.deepEqual(await store.createSession(from(51, maker)), { kind: 'maker-gone' });
    }
    assert.deepEqual([await store.get('key_0050'), await store.get('key_0051')], [null, null]);
    assert.deepEqual(await made(store, first), [second]);
    assert.deepEqual(await store.create(record(60)), { kind: 'room' }, 'others go on');
  });

  test(`${name}: what was made with a key is found by it, of any tenant, and removed together`, async () => {
    const store = await empty();
    const maker = record(1);
    await store.create(maker);
    const keys = Array.from({ length: 20 }, (_, at) =>
      from(100 + at, maker, { tenant: at % 2 ? 'acme' : null }),
    );
    const sessions = Array.from({ length: 20 }, (_, at) => from(200 + at, maker, { tenant: `t${at}` }));
    for (const key of keys) await store.create(key);
    for (const session of sessions) await store.createSession(session);
    const next = from(300, from(100, maker));
    await store.create(next);
    assert.deepEqual(await made(store, maker), [...keys, ...sessions]);
    await store.remove(keys[0] ?? maker, NOW);
    await store.removeAll([...keys, ...sessions]);
    await store.removeAll([...keys, ...sessions]);
    assert.deepEqual(await made(store, maker), []);
    assert.deepEqual(await made(store, from(100, maker)), [next]);
    assert.deepEqual(
      (await all(store, null)).map(({ id }) => id),
      [next.id, maker.id],
    );
    for (const one of [...keys, ...sessions]) {
      assert.deepEqual([await store.byHash(one.hash), await store.get(one.id)], [null, null]);
    }
  });
}

/** A key made with another. */
function from(number: number, maker: KeyRecord, changes: Partial<KeyRecord> = {}): KeyRecord {
  return record(number, { madeBy: [...maker.madeBy, maker.hash], ...changes });
}

async function made(store: KeyStore, maker: KeyRecord): Promise<readonly KeyRecord[]> {
  const found: KeyRecord[] = [];
  for await (const page of store.madeWith(maker)) found.push(...page);
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function record(number: number, changes: Partial<KeyRecord> = {}): KeyRecord {
  return {
    id: `key_${String(number).padStart(4, '0')}`,
    name: `key ${number}`,
    hash: hashToken(`token ${number}`),
    scopes: ['events:write', 'events:read'],
    tenant: null,
    madeBy: [],
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
