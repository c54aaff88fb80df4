import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  plainTenant,
  type TenantRecord,
  type TenantStore,
  tenantPosition,
} from '../../core/manage/tenant-store.ts';

const START = 1_767_225_600_123;

/** What every store of tenants must do. */
export function tenantStoreContract(name: string, make: () => TenantStore): void {
  const all = async (store: TenantStore, after: string | null = null): Promise<readonly TenantRecord[]> =>
    (await Array.fromAsync(store.newestFirst(after))).flat();

  test(`${name}: a tenant is put on record once, whoever asks for it`, async () => {
    const store = make();
    await Promise.all([1, 2, 3].map((i) => store.ensure(plainTenant('twice', START + i))));
    const found = await store.get('twice');
    assert.ok(found);
    assert.deepEqual(await all(store), [found]);
    await store.remove(found);
    assert.equal(await store.get('twice'), null);
    assert.deepEqual(await all(store), []);
  });

  test(`${name}: what is replaced shows in the list as well; what is gone cannot be`, async () => {
    const store = make();
    const record = { ...plainTenant('a', START), name: 'Ä', metadata: { plan: '' }, retrySchedule: [] };
    assert.equal(await store.replace(record), false);
    await store.ensure(plainTenant('a', START));
    assert.equal(await store.replace(record), true);
    assert.deepEqual(await store.get('a'), record);
    assert.deepEqual(await all(store), [record]);
    await store.remove(record);
    await store.remove(record);
  });

  test(`${name}: the list is newest first, and goes on behind a position`, async () => {
    const store = make();
    const records = [0, 1, 2, 3, 4].map((i) => plainTenant(`t${4 - i}`, START + i));
    for (const record of records) await store.ensure(record);
    const newest = [...records].reverse();
    assert.deepEqual(await all(store), newest);
    const [, second] = newest;
    assert.ok(second);
    assert.deepEqual(await all(store, tenantPosition(second)), newest.slice(2));
    for (const record of records) await store.remove(record);
  });
}
