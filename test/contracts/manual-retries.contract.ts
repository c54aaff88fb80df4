import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManualRetries } from '../../core/manage/manual-retries.ts';

/** The same promises wherever retries by hand are counted. `open` gives an empty place. */
export function manualRetriesContract(name: string, open: () => Promise<ManualRetries>): void {
  const window = { tenant: 'acme', delivery: 'dlv_1', since: 600_000, until: 1_200_000 };

  test(`${name}: of many at once exactly so many are counted as the window takes`, async () => {
    const retries = await open();
    const taken = await Promise.all(Array.from({ length: 12 }, () => retries.take(window, 5)));
    assert.equal(taken.filter(Boolean).length, 5);
    assert.equal(await retries.take(window, 5), false);
    assert.equal(await retries.take(window, 6), true, 'what was refused was not counted');
  });

  test(`${name}: each tenant, delivery and window is counted by itself`, async () => {
    const retries = await open();
    for (const other of [{}, { tenant: 'globex' }, { delivery: 'dlv_2' }, { since: 1_200_000 }]) {
      assert.equal(await retries.take({ ...window, ...other }, 1), true, JSON.stringify(other));
      assert.equal(await retries.take({ ...window, ...other }, 1), false, JSON.stringify(other));
    }
  });
}
