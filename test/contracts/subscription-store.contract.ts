import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SubscriptionReader } from '../../core/dispatch/ports.ts';
import { parseExactJson } from '../../core/exact-number.ts';
import type { SubscriptionDirectory } from '../../core/fan-out/ports.ts';
import { type SubscriptionStore, subscriptionPosition } from '../../core/manage/subscription-store.ts';
import type { SubscriptionExistence } from '../../core/redrive/ports.ts';
import type { Subscription } from '../../core/subscription.ts';
import { subscription } from '../support/subscription.ts';

type Store = SubscriptionStore & SubscriptionReader & SubscriptionDirectory & SubscriptionExistence;

/** The same promises for every subscription store. `open` gives an empty one. */
export function subscriptionStoreContract(name: string, open: () => Promise<Store>): void {
  test(`${name}: a subscription comes back as it went in, secrets and filter included`, async () => {
    const store = await open();
    const row = subscription({
      filter: { data: { total: [{ numeric: ['>', 100] }] } },
      headers: { 'X-Api-Key': 'é' },
      metadata: { '': '' },
      rateLimit: { perSecond: 5 },
      retrySchedule: [],
      secrets: [
        { secret: 'whsec_a', expiresAt: null },
        { secret: 'whsec_b', expiresAt: 5 },
      ],
      statusReason: '410',
      status: 'disabled',
    });
    assert.equal(await store.create(row), 'created');
    assert.deepEqual(await store.get('acme', 'sub_1'), row);
    assert.deepEqual((await store.load('acme', ['sub_1', 'sub_2'])).get('sub_1'), row);
    assert.deepEqual(await store.loadNow('acme', 'sub_1'), row);
    assert.equal(await store.loadNow('acme', 'sub_2'), undefined);
  });

  test(`${name}: numbers in a filter keep their digits, and members called __proto__ stay`, async () => {
    const store = await open();
    const text =
      '{"data":{"__proto__":[9007199254740993,1e400],"x":[{"numeric":[">",0.10000000000000000001]}]}}';
    const filter = parseExactJson(text) as Subscription['filter'];
    await store.create(subscription({ filter }));
    assert.equal(JSON.stringify((await store.get('acme', 'sub_1'))?.filter), text);
    const [page] = await Array.fromAsync(store.interests('acme', null));
    assert.equal(page?.interests[0]?.filter, text);
  });

  test(`${name}: C074: of twenty creates of one id at once, one succeeds`, async () => {
    const store = await open();
    const tries = Array.from({ length: 20 }, (_, i) =>
      store.create(subscription({ description: String(i) })),
    );
    assert.equal((await Promise.all(tries)).filter((outcome) => outcome === 'created').length, 1);
    assert.equal((await store.version('acme')).n, 1);
  });

  test(`${name}: a writer that read an older revision changes nothing`, async () => {
    const store = await open();
    await store.create(subscription());
    const before = subscription();
    const changed = (description: string) => subscription({ revision: 2, description });
    assert.equal(await store.replace(before, changed('first')), 'replaced');
    assert.equal(await store.replace(before, changed('second')), 'stale');
    assert.equal((await store.get('acme', 'sub_1'))?.description, 'first');
    const unknown = subscription({ id: 'sub_9' });
    assert.equal(await store.replace(unknown, { ...unknown, revision: 2 }), 'stale');
  });

  test(`${name}: every write moves the tenant's version, a refused one and other tenants' do not`, async () => {
    const store = await open();
    assert.equal((await store.version('acme')).n, 0);
    await store.create(subscription());
    await store.create(subscription());
    await store.create(subscription({ tenant: 'globex' }));
    await store.replace(subscription(), subscription({ revision: 2 }));
    assert.equal((await store.version('acme')).n, 2);
    assert.equal(await store.remove('acme', 'sub_1'), true);
    assert.equal(await store.remove('acme', 'sub_1'), false);
    assert.equal((await store.version('acme')).n, 3);
    assert.equal(await store.get('acme', 'sub_1'), null);
    assert.deepEqual(await store.existing('acme', ['sub_1']), new Set());
  });

  test(`${name}: lists are newest first, from any point on, whatever ids were chosen`, async () => {
    const store = await open();
    const rows = ['c', 'a', 'z', 'm', 'b'].map((id, i) => subscription({ id, createdAt: 1_000 + i }));
    for (const row of rows) await store.create(row);
    await store.create(subscription({ tenant: 'globex', id: 'other' }));
    const ids = async (after: string | null) =>
      (await Array.fromAsync(store.newestFirst('acme', after))).flat().map(({ id }) => id);
    assert.deepEqual(await ids(null), ['b', 'm', 'z', 'a', 'c']);
    assert.deepEqual(await ids(subscriptionPosition(subscription({ id: 'z', createdAt: 1_002 }))), [
      'a',
      'c',
    ]);
  });

  test(`${name}: C017: fan-out sees all of a tenant's subscriptions, beyond one page`, async () => {
    const store = await open();
    const description = 'x'.repeat(8_000);
    await Promise.all(
      Array.from({ length: 250 }, (_, i) =>
        store.create(subscription({ id: `sub_${i}`, url: `https://h${i % 50}.example/`, description })),
      ),
    );
    const pages = await Array.fromAsync(store.interests('acme', null));
    const ids = pages.flatMap(({ interests }) => interests.map(({ id }) => id));
    assert.deepEqual([pages.length > 1, ids.length], [true, 250]);
    assert.deepEqual(ids, ids.toSorted(), 'in the order of their ids');
    assert.ok(pages.slice(0, -1).every(({ isLast }) => !isLast));
    assert.deepEqual(Object.keys(pages[0]?.interests[0] ?? {}).sort(), ['eventTypes', 'filter', 'id']);
    for (const after of [ids[0], ids[100], ids[249], 'sub_1000', 'sub_', 'sub_~'] as string[]) {
      const left = (await Array.fromAsync(store.interests('acme', after))).flatMap((page) => page.interests);
      assert.deepEqual(
        left.map(({ id }) => id),
        ids.filter((id) => id > after),
        `after ${after}`,
      );
    }
  });
}
