import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dueAt, type Load, machineOf, SCALING } from '../../../local/lambda/scaling.ts';

const { longMs } = SCALING;
const NOW = 1_000_000;
const TWO_CORES = machineOf(2);

const CASES: readonly (readonly [what: string, load: Load, due: number])[] = [
  [
    'its environment has been at work for long: it waits for somebody, and the next caller should find another one',
    { busySince: [NOW - longMs], waitingSince: null },
    NOW,
  ],
  [
    'one of two began just now: it may be free again before anybody calls',
    { busySince: [NOW - longMs, NOW], waitingSince: null },
    NOW + longMs,
  ],
  [
    'a caller waits for the only one: when it has waited long',
    { busySince: [NOW - 50], waitingSince: NOW },
    NOW + longMs - 50,
  ],
  ['a caller waited long and a core is free', { busySince: [NOW - 10], waitingSince: NOW - longMs }, NOW],
  [
    'a caller waited long, but each core has one that computes',
    { busySince: [NOW - 10, NOW - 20], waitingSince: NOW - 5_000 },
    NOW - 20 + longMs,
  ],
  [
    'a caller waited long, and all but one wait for somebody else',
    { busySince: [NOW - 10, NOW - 900, NOW - 800], waitingSince: NOW - longMs },
    NOW,
  ],
];

for (const [what, load, due] of CASES) {
  test(`another environment is due: ${what}`, () => assert.equal(dueAt(load, TWO_CORES), due));
}

test('the environments of all functions are bounded by the cores, and enough for ten endpoints that hang', () => {
  assert.deepEqual(
    [1, 2, 4, 16].map((cores) => machineOf(cores).more),
    [8, 8, 16, 64],
  );
  assert.deepEqual(
    [1, 2, 4, 16].map((cores) => machineOf(cores).computing),
    [2, 2, 4, 16],
  );
});
