import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CachedSubscriptions } from '../../../core/dispatch/cached-subscriptions.ts';
import { SharedReads } from '../../../core/dispatch/shared-reads.ts';
import type { Subscription } from '../../../core/subscription.ts';
import { FakeClock } from '../../support/clock.ts';
import { subscription } from '../../support/subscription.ts';

/** A source whose reads end when told to. */
function source() {
  const asked: string[][] = [];
  const ends: ((rows: readonly Subscription[] | Error) => void)[] = [];
  return {
    asked,
    end: (read: number, rows: readonly Subscription[] | Error) => ends[read]?.(rows),
    loadNow: () => Promise.reject(new Error('nobody asks for one as it is now')),
    load: (_tenant: string, ids: readonly string[]) => {
      asked.push([...ids]);
      return new Promise<ReadonlyMap<string, Subscription>>((resolve, reject) => {
        ends.push((rows) =>
          rows instanceof Error ? reject(rows) : resolve(new Map(rows.map((row) => [row.id, row]))),
        );
      });
    },
  };
}

test('ten messages to the same subscriptions read each of them once', async () => {
  const stored = source();
  const copies = new CachedSubscriptions(stored, new FakeClock(0));
  const loads = Array.from({ length: 10 }, () => copies.load('acme', ['a', 'b']));
  loads.push(copies.load('acme', ['b', 'c']));
  stored.end(0, [subscription({ id: 'a' }), subscription({ id: 'b' })]);
  stored.end(1, [subscription({ id: 'c' })]);
  const found = await Promise.all(loads);
  assert.deepEqual(stored.asked, [['a', 'b'], ['c']]);
  assert.deepEqual([...(found[9]?.keys() ?? [])], ['a', 'b']);
  assert.deepEqual([...(found[10]?.keys() ?? [])].sort(), ['b', 'c']);
});

test("a subscription that another's read did not find is looked for once more before it counts as deleted", async () => {
  const stored = source();
  const copies = new CachedSubscriptions(stored, new FakeClock(0));
  const [first, second] = [copies.load('acme', ['new']), copies.load('acme', ['new'])];
  stored.end(0, []);
  assert.equal((await first).size, 0);
  while (stored.asked.length < 2) await Promise.resolve();
  stored.end(1, [subscription({ id: 'new' })]);
  assert.deepEqual([...(await second).keys()], ['new']);
});

test('a read that fails fails all who wait for it, and is begun anew by the next', async () => {
  const stored = source();
  const reads = new SharedReads(stored.load);
  const both = [reads.load('acme', ['a']), reads.load('acme', ['a'])];
  stored.end(0, new Error('down'));
  for (const result of await Promise.allSettled(both)) assert.equal(result.status, 'rejected');
  const next = reads.load('acme', ['a']);
  stored.end(1, [subscription({ id: 'a' })]);
  assert.deepEqual([...(await next).found.keys()], ['a']);
});

test('tenants do not share reads', async () => {
  const stored = source();
  const reads = new SharedReads(stored.load);
  const [one, other] = [reads.load('one', ['a']), reads.load('other', ['a'])];
  stored.end(0, [subscription({ id: 'a' })]);
  stored.end(1, []);
  assert.equal((await one).found.size, 1);
  assert.equal((await other).found.size, 0);
});
