import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEALTHY, opened } from '../../core/dispatch/health.ts';
import type { HealthStore, PaceStore, SubscriptionSwitch } from '../../core/dispatch/ports.ts';
import type { SubscriptionDirectory } from '../../core/fan-out/ports.ts';
import type { SubscriptionStore } from '../../core/manage/subscription-store.ts';
import { endpointKey, type Subscription } from '../../core/subscription.ts';
import { subscription } from '../support/subscription.ts';

/** Subscriptions, and what is known of their endpoints. */
export interface HealthParts {
  readonly health: HealthStore;
  readonly pace: PaceStore;
  readonly store: SubscriptionStore & SubscriptionSwitch & Pick<SubscriptionDirectory, 'version'>;
}

const NOW = 1_767_323_045_678;
const UNTIL = NOW + 600_000;

/** The same promises for every store of health and pace. `open` gives an empty one. */
export function healthStoreContract(name: string, open: () => Promise<HealthParts>): void {
  const made = async (...ids: string[]) => {
    const parts = await open();
    const rows = ids.map((id) => subscription({ id, createdAt: 1_000 }));
    for (const row of rows) await parts.store.create(row);
    const [first = subscription(), second = subscription()] = rows;
    const fail = (endpoint: Subscription, event: string | null = 'evt_1') =>
      parts.health.failed({ endpoint, event, now: NOW });
    const known = async (id = first.id) => (await parts.health.load('acme', [id])).get(id);
    const marks = async () => [...(await parts.store.version('acme')).slow.keys()].sort();
    return { ...parts, first, second, fail, known, marks };
  };
  const movedOn = (row: Subscription, change: Partial<Subscription> = {}): Subscription => {
    const revision = row.revision + 1;
    return { ...row, url: 'https://new.example/', ...change, revision, endpointRevision: revision };
  };
  const again = (row: Subscription): Subscription => ({ ...row, createdAt: row.createdAt + 60_000 });

  test(`${name}: failures are counted, of ten at once each, and a success forgets them`, async () => {
    const { health, first, fail, known } = await made('sub_1');
    await Promise.all(Array.from({ length: 10 }, (_, i) => fail(first, `evt_${i}`)));
    const after = await known();
    assert.deepEqual([after?.failures, after?.failingSince, after?.failedEvents.length], [10, NOW, 10]);
    assert.equal(after?.endpoint, endpointKey(first));
    await health.recovered(first, false);
    assert.equal(await known(), undefined);
  });

  test(`${name}: of many who see ten failures one opens the breaker, and of many one has the probe`, async () => {
    const { health, first, fail } = await made('sub_1');
    const before = (await fail(first)) ?? HEALTHY;
    const after = opened(before, NOW);
    const openings = await Promise.all([1, 2, 3].map(() => health.open(first, before, after)));
    assert.equal(openings.filter(Boolean).length, 1);
    const at = after.openUntil ?? 0;
    const probes = await Promise.all([1, 2, 3].map(() => health.claimProbe(first, at, at + 20_000)));
    assert.equal(probes.filter(Boolean).length, 1);
  });

  test(`${name}: slow endpoints are marked where fan-out looks; a quick answer takes the mark away, a slow one does not`, async () => {
    const { health, store, first, second, fail, known, marks } = await made('sub_1', 'sub_2');
    const { n } = await store.version('acme');
    await fail(first);
    await health.slow([first, second], UNTIL, NOW);
    assert.deepEqual(await marks(), ['sub_1', 'sub_2']);
    assert.equal((await store.version('acme')).n, n, 'nobody has to read the list again for it');
    assert.deepEqual([(await known())?.failures, (await known())?.slowUntil], [1, UNTIL]);
    await health.recovered(first, true);
    assert.deepEqual([(await known())?.failures, (await known())?.slowUntil], [0, UNTIL]);
    assert.deepEqual(await marks(), ['sub_1', 'sub_2']);
    await health.recovered(first, false);
    assert.equal(await known(), undefined);
    assert.deepEqual(await marks(), ['sub_2']);
  });

  test(`${name}: C094: a new URL starts healthy, and nothing learnt late from the old one changes it`, async () => {
    const { health, store, first, fail, known, marks } = await made('sub_1');
    for (let i = 0; i < 10; i++) await fail(first, `evt_${i}`);
    await health.slow([first], UNTIL, NOW);
    const mended = movedOn(first);
    assert.equal(await store.replace(first, mended), 'replaced');
    assert.equal(await known(), undefined);
    assert.deepEqual(await marks(), []);
    assert.equal(await fail(first), null);
    await health.slow([first], UNTIL, NOW);
    assert.equal(await store.disable(first, '410', NOW), false);
    assert.equal((await store.get('acme', 'sub_1'))?.status, 'active');
    assert.equal(await store.isStill(first), false);
    assert.equal(await store.isStill(mended), true);
    assert.equal(await known(), undefined);
    assert.deepEqual(await marks(), []);
    // What was learnt from the new one stays, whatever the old one does.
    assert.equal((await fail(mended))?.failures, 1);
    await health.slow([mended], UNTIL, NOW);
    await health.recovered(first, false);
    await fail(first);
    assert.deepEqual([(await known())?.failures, (await known())?.slowUntil], [1, UNTIL]);
    assert.deepEqual(await marks(), ['sub_1']);
    assert.equal(await health.open(first, { ...HEALTHY, failures: 1 }, opened(HEALTHY, NOW)), false);
  });

  test(`${name}: a change that mends nothing leaves health and mark as they are`, async () => {
    const { health, store, first, fail, known, marks } = await made('sub_1');
    await fail(first);
    await health.slow([first], UNTIL, NOW);
    await store.replace(first, { ...first, description: 'new', revision: 2 });
    assert.equal((await fail(first))?.failures, 2);
    assert.equal((await known())?.slowUntil, UNTIL);
    assert.deepEqual(await marks(), ['sub_1']);
  });

  test(`${name}: C099: health, mark and pace end with the subscription, and late writers do not bring them back`, async () => {
    const { health, pace, store, first, fail, known, marks } = await made('sub_1');
    for (let i = 0; i < 10; i++) await fail(first, `evt_${i}`);
    await health.slow([first], UNTIL, NOW);
    await pace.reserve(first, 100, 1_000, NOW);
    assert.equal(await store.remove('acme', 'sub_1'), true);
    const late = async (): Promise<void> => {
      assert.equal(await fail(first), null);
      await health.slow([first], UNTIL, NOW);
      await health.recovered(first, true);
      assert.equal(await health.claimProbe(first, NOW, NOW + 1), false);
      assert.equal(await store.disable(first, '410', NOW), false);
      assert.equal(await pace.reserve(first, 100, 1_000, NOW), NOW);
    };
    await late();
    assert.equal(await known(), undefined);
    assert.deepEqual(await marks(), []);
    const next = again(first);
    assert.equal(await store.create(next), 'created');
    await late();
    assert.equal(await known(), undefined);
    assert.deepEqual(await marks(), []);
    assert.equal(await pace.reserve(next, 1, 1_000, NOW), NOW, 'the backlog of the old one is not its own');
    assert.equal((await store.get('acme', 'sub_1'))?.status, 'active');
    assert.equal((await fail(next))?.failures, 1);
  });

  test(`${name}: a pace goes on from where others moved it, and begins anew once it was overtaken`, async () => {
    const { pace, first } = await made('sub_1');
    const dues = await Promise.all([1, 2, 3].map(() => pace.reserve(first, 2, 500, NOW)));
    assert.deepEqual(dues.sort(), [NOW, NOW + 1_000, NOW + 2_000]);
    assert.equal(await pace.reserve(first, 1, 500, NOW + 10_000), NOW + 10_000);
    assert.equal(await pace.reserve(first, 1, 500, NOW + 10_000), NOW + 10_500);
  });
}
