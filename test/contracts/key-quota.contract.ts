import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Quotas } from '../../contract/limits.ts';
import type { KeyRecord } from '../../core/auth/ports.ts';
import { hashToken } from '../../core/auth/token.ts';
import type { KeyStore, Room } from '../../core/manage/key-store.ts';

export type KeyQuotas = Pick<Quotas, 'keysPerTenant' | 'portalSessionsPerTenant'>;

const NOW = 1_767_323_045_678;
const MINUTE = 60_000;

/** How many keys and portal sessions a store keeps for each tenant. `open` gives an empty one. */
export function keyQuotaContract(name: string, open: (quotas: KeyQuotas) => Promise<KeyStore>): void {
  const ways = [
    { what: 'keys', make: (store: KeyStore, one: KeyRecord) => store.create(one) },
    { what: 'sessions', make: (store: KeyStore, one: KeyRecord) => store.createSession(one) },
  ];

  for (const { what, make } of ways) {
    test(`${name}: C074: of twenty ${what} made at once with room for one, one is; removing one makes room for one`, async () => {
      const store = await open({ keysPerTenant: 4, portalSessionsPerTenant: 4 });
      for (const id of ['a', 'b', 'c']) assert.deepEqual(await make(store, record(id)), { kind: 'room' });
      const raced = await Promise.all(Array.from({ length: 20 }, (_, i) => make(store, record(`r${i}`))));
      assert.equal(raced.filter(({ kind }) => kind === 'room').length, 1);
      const left = (await Promise.all(raced.map((_, i) => store.get(`key_r${i}`)))).filter(Boolean);
      assert.equal(left.length, 1);
      assert.equal((await make(store, record('other', { tenant: 'globex' }))).kind, 'room');
      await Promise.all(Array.from({ length: 5 }, () => store.remove(record('a'), NOW)));
      assert.equal((await make(store, record('d'))).kind, 'room');
      assert.deepEqual(await make(store, record('e')), { kind: 'full', until: null });
    });

    test(`${name}: ${what} that have expired do not count, and a full tenant is told when the next ends`, async () => {
      const store = await open({ keysPerTenant: 2, portalSessionsPerTenant: 2 });
      const ending = (id: string, minutes: number, at = NOW) =>
        record(id, { createdAt: at, expiresAt: at + minutes * MINUTE });
      await make(store, ending('long', 60));
      await make(store, ending('short', 5));
      assert.deepEqual(await make(store, ending('c', 5)), { kind: 'full', until: NOW + 5 * MINUTE });
      const later = NOW + 6 * MINUTE;
      const raced = await Promise.all(
        Array.from({ length: 8 }, (_, i) => make(store, ending(`n${i}`, 5, later))),
      );
      assert.equal(raced.filter(({ kind }) => kind === 'room').length, 1);
      const full: Room = { kind: 'full', until: later + 5 * MINUTE };
      for (const outcome of raced.filter(({ kind }) => kind === 'full')) assert.deepEqual(outcome, full);
      // What ended is removed as well at some time, and counts no second time.
      await store.remove(ending('short', 5), later);
      assert.deepEqual(await make(store, ending('d', 5, later)), full);
    });
  }

  test(`${name}: keys and sessions are counted apart, keys of no tenant by themselves, and all sessions can be ended`, async () => {
    const store = await open({ keysPerTenant: 1, portalSessionsPerTenant: 2 });
    assert.equal((await store.create(record('bound'))).kind, 'room');
    assert.equal((await store.create(record('free', { tenant: null }))).kind, 'room');
    assert.equal((await store.create(record('free2', { tenant: null }))).kind, 'full');
    for (const id of ['s1', 's2']) assert.equal((await store.createSession(record(id))).kind, 'room');
    assert.equal((await store.createSession(record('s3'))).kind, 'full');
    assert.equal(await store.removeSessions('acme'), 2);
    for (const id of ['s4', 's5']) assert.equal((await store.createSession(record(id))).kind, 'room');
    assert.equal((await store.createSession(record('s6'))).kind, 'full');
    assert.equal((await store.create(record('bound2'))).kind, 'full');
  });
}

function record(id: string, fields: Partial<KeyRecord> = {}): KeyRecord {
  return {
    id: `key_${id}`,
    name: id,
    hash: hashToken(id),
    scopes: ['events:read'],
    tenant: 'acme',
    madeBy: [],
    createdAt: NOW,
    expiresAt: null,
    ...fields,
  };
}
