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

/** Seeds that failed while the product grew, at faults that have tests of their own. */
const SEEDS_THAT_FAILED_ONCE = [2, 11, 36, 46, 71, 101, 111, 186, 336, 126];

test('seeds that failed in the course of development hold', async () => {
  for (const seed of SEEDS_THAT_FAILED_ONCE)
    assert.deepEqual((await simulate(seed)).violations, [], `seed ${seed}`);
});

test('the same seed plays the same history', async () => {
  assert.deepEqual(await simulate(42), await simulate(42));
});
