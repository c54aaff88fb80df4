import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Quotas } from '../../contract/limits.ts';
import type { SubscriptionStore } from '../../core/manage/subscription-store.ts';
import type { Subscription } from '../../core/subscription.ts';
import { subscription } from '../support/subscription.ts';

export type SubscriptionQuotas = Pick<Quotas, 'subscriptionsPerTenant' | 'subscriptionsPerOrigin'>;

/** How many subscriptions a store keeps, whoever writes at the same time. `open` gives an empty one. */
export function subscriptionQuotaContract(
  name: string,
  open: (quotas: SubscriptionQuotas) => Promise<SubscriptionStore>,
): void {
  const at = (host: string, id: string, fields: Partial<Subscription> = {}) =>
    subscription({ id, url: `https://${host}.example/${id}`, ...fields });

  test(`${name}: C074: of twenty creates at once with room for one, one succeeds, and what is deleted makes room`, async () => {
    const store = await open({ subscriptionsPerTenant: 5, subscriptionsPerOrigin: 9 });
    for (const id of ['a', 'b', 'c', 'd']) assert.equal(await store.create(at(id, id)), 'created');
    const raced = await Promise.all(Array.from({ length: 20 }, (_, i) => store.create(at(`r${i}`, `r${i}`))));
    assert.equal(raced.filter((outcome) => outcome === 'created').length, 1);
    assert.equal(raced.filter((outcome) => outcome === 'full').length, 19);
    assert.equal(await idsOf(store), 5);
    assert.equal(await store.create(at('other', 'x', { tenant: 'globex' })), 'created');
    const removals = await Promise.all(Array.from({ length: 5 }, () => store.remove('acme', 'a')));
    assert.equal(removals.filter(Boolean).length, 1);
    assert.equal(await store.create(at('e', 'e')), 'created');
    assert.equal(await store.create(at('f', 'f')), 'full');
  });

  test(`${name}: an id that is taken is called taken, full or not`, async () => {
    const store = await open({ subscriptionsPerTenant: 1, subscriptionsPerOrigin: 1 });
    await store.create(at('a', 'one'));
    assert.equal(await store.create(at('b', 'one')), 'taken');
    assert.equal(await store.create(at('b', 'two')), 'full');
  });

  test(`${name}: a tenant has no more at one origin than it may, however many are made and moved at once`, async () => {
    const store = await open({ subscriptionsPerTenant: 100, subscriptionsPerOrigin: 3 });
    const made = await Promise.all(Array.from({ length: 12 }, (_, i) => store.create(at('victim', `v${i}`))));
    assert.equal(made.filter((outcome) => outcome === 'created').length, 3);
    assert.equal(made.filter((outcome) => outcome === 'origin-full').length, 9);
    const elsewhere = Array.from({ length: 6 }, (_, i) => at(`h${i}`, `m${i}`));
    for (const one of elsewhere) assert.equal(await store.create(one), 'created');
    const [gone] = (await Array.fromAsync(store.newestFirst('acme', null))).flat().filter(isAtVictim);
    assert.ok(gone);
    await store.remove('acme', gone.id);
    const moved = await Promise.all(
      elsewhere.map((one) => store.replace(one, { ...one, url: 'https://victim.example/x', revision: 2 })),
    );
    assert.equal(moved.filter((outcome) => outcome === 'replaced').length, 1);
    assert.equal(moved.filter((outcome) => outcome === 'origin-full').length, 5);
    assert.equal(
      (await Array.fromAsync(store.newestFirst('acme', null))).flat().filter(isAtVictim).length,
      3,
    );
    // Another scheme, host or port is another origin; another path is not.
    assert.equal(
      await store.create(at('victim', 'port', { url: 'https://victim.example:8443/' })),
      'created',
    );
    assert.equal(await store.create(at('x', 'same', { url: 'https://victim.example/?a=1' })), 'origin-full');
  });

  test(`${name}: whoever moves away makes room where it was`, async () => {
    const store = await open({ subscriptionsPerTenant: 100, subscriptionsPerOrigin: 1 });
    const first = at('here', 'first');
    await store.create(first);
    assert.equal(await store.create(at('here', 'second')), 'origin-full');
    const there = { ...first, url: 'https://there.example/', revision: 2 };
    assert.equal(await store.replace(first, there), 'replaced');
    assert.equal(await store.create(at('here', 'second')), 'created');
    assert.equal(await store.replace(there, { ...there, description: 'stays', revision: 3 }), 'replaced');
    assert.equal(await store.create(at('there', 'third')), 'origin-full');
  });
}

function isAtVictim({ url }: Subscription): boolean {
  return url.startsWith('https://victim.example/');
}

async function idsOf(store: SubscriptionStore): Promise<number> {
  return (await Array.fromAsync(store.newestFirst('acme', null))).flat().length;
}
