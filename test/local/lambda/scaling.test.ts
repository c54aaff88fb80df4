import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dueAt, type Load, machineOf, SCALING } from '../../../local/lambda/scaling.ts';

const { callerMs } = SCALING;
const longMs = 200;
const NEVER = Number.POSITIVE_INFINITY;
const NOW = 1_000_000;
const TWO_CORES = machineOf(2);

const CASES: readonly (readonly [what: string, load: Partial<Load>, due: number])[] = [
  [
    'its environment has been at work for long: it waits for somebody, and the next caller should find another one',
    { busySince: [NOW - longMs] },
    NOW,
  ],
  [
    'one of two is waiting for somebody: at once, or the next caller would wait for the other one',
    { busySince: [NOW - longMs, NOW] },
    NOW,
  ],
  [
    'both began just now: when the first of them has been at work for long',
    { busySince: [NOW - 50, NOW] },
    NOW - 50 + longMs,
  ],
  [
    'a caller waits for the only one, which began just now: as soon as that one is at work for long',
    { busySince: [NOW], waitingSince: NOW },
    NOW + longMs,
  ],
  ['a caller waited long and a core is free', { busySince: [NOW - 10], waitingSince: NOW - callerMs }, NOW],
  [
    'a caller waited long, but each core has one that computes',
    { busySince: [NOW - 10, NOW - 20], waitingSince: NOW - 5_000 },
    NOW - 20 + longMs,
  ],
  [
    'all but one wait for somebody else: since the last of these does',
    { busySince: [NOW - 10, NOW - 900, NOW - 800], waitingSince: NOW },
    NOW - 800 + longMs,
  ],
  [
    'a function that waits for nobody computes, however long it takes: only a caller that waited long gets another one',
    { busySince: [NOW - 5_000], waitingSince: NOW, longMs: NEVER },
    NOW + callerMs,
  ],
  [
    'never for a function that waits for nobody and has one for each core',
    { busySince: [NOW - 5_000, NOW - 9_000], waitingSince: NOW - 5_000, longMs: NEVER },
    NEVER,
  ],
  [
    'never for a function that waits for nobody when no caller does',
    { busySince: [NOW - 5_000], longMs: NEVER },
    NEVER,
  ],
];

for (const [what, load, due] of CASES) {
  test(`another environment is due: ${what}`, () =>
    assert.equal(dueAt({ busySince: [], waitingSince: null, longMs, ...load }, TWO_CORES), due));
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
