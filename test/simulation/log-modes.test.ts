import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulate } from './simulate.ts';

for (const mode of ['packed', 'failures'] as const) {
  test(`twenty-five histories break no promise when the delivery log is ${mode}`, async () => {
    for (let seed = 2_000; seed < 2_025; seed++) {
      assert.deepEqual((await simulate(seed, mode)).violations, [], `seed ${seed}`);
    }
  });
}
