import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulate } from './simulate.ts';

/**
 * A test that plays fifty histories from this seed on. Each file plays fifty, so that both workers of the test run
 * have some of them.
 */
export function fiftyHistories(first: number): void {
  test(`fifty histories of crashes, duplicates and throttles break no promise, from seed ${first} on`, async () => {
    const sums = { crashes: 0, duplicates: 0, deliveries: 0 };
    for (let seed = first; seed < first + 50; seed++) {
      const report = await simulate(seed);
      assert.deepEqual(report.violations, [], `seed ${seed}`);
      sums.crashes += report.crashes;
      sums.duplicates += report.duplicates;
      sums.deliveries += report.deliveries;
    }
    assert.ok(sums.crashes > 250 && sums.duplicates > 125 && sums.deliveries > 2_500, JSON.stringify(sums));
  });
}
