import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulate } from './simulate.ts';

/** Seeds that once showed a fault; each says which. */
const SEEDS_THAT_FAILED: readonly (readonly [number, string])[] = [
  [1, 'a redrive took letters that its own deliveries had left, and could go on for ever'],
  [207_763, 'a late redrive cancelled a delivery that had gone on, whose next attempt then left no trace'],
  [102_465, 'reserved moments that were used late bunched up beyond the pace'],
];

for (const [seed, fault] of SEEDS_THAT_FAILED) {
  test(`seed ${seed} holds: ${fault}`, async () => {
    assert.deepEqual((await simulate(seed)).violations, []);
  });
}

test('two hundred histories of crashes, duplicates and throttles break no promise', async () => {
  const sums = { crashes: 0, duplicates: 0, deliveries: 0 };
  for (let seed = 1_000; seed < 1_200; seed++) {
    const report = await simulate(seed);
    assert.deepEqual(report.violations, [], `seed ${seed}`);
    sums.crashes += report.crashes;
    sums.duplicates += report.duplicates;
    sums.deliveries += report.deliveries;
  }
  assert.ok(sums.crashes > 1_000 && sums.duplicates > 500 && sums.deliveries > 10_000, JSON.stringify(sums));
});

for (const mode of ['packed', 'failures'] as const) {
  test(`twenty-five histories break no promise when the delivery log is ${mode}`, async () => {
    for (let seed = 2_000; seed < 2_025; seed++) {
      assert.deepEqual((await simulate(seed, mode)).violations, [], `seed ${seed}`);
    }
  });
}

test('the same seed plays the same history', async () => {
  assert.deepEqual(await simulate(42), await simulate(42));
});
