import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { reserve, slotTimes } from '../../../core/dispatch/pace.ts';

const rate = fc.integer({ min: 1, max: 1000 });

/** Most deliveries within any second, counted over the given times. */
function busiestSecond(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.max(0, ...sorted.map((start) => sorted.filter((t) => t >= start && t < start + 1000).length));
}

test('one second of deliveries goes at once, the rest at the pace', () => {
  assert.deepEqual(
    slotTimes(10_000, 8, 5, 10_000),
    [10_000, 10_000, 10_000, 10_000, 10_000, 10_200, 10_400, 10_600],
  );
  assert.deepEqual(slotTimes(10_000, 3, 1, 10_000), [10_000, 11_000, 12_000]);
});

test('whatever batches come, no second holds more than twice the pace, and the pace is met over time', () => {
  fc.assert(
    fc.property(
      rate,
      fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 500 })), {
        minLength: 1,
        maxLength: 10,
      }),
      (perSecond, batches) => {
        let now = 1_000_000;
        let due: number | null = null;
        const times: number[] = [];
        for (const [count, wait] of batches) {
          now += wait;
          const start = Math.max(due ?? now, now);
          times.push(...slotTimes(start, count, perSecond, now));
          due = reserve(due, count, perSecond, now);
        }
        assert.ok(busiestSecond(times) <= 2 * perSecond, 'a second is too busy');
        const span = (Math.max(...times) - 1_000_000) / 1000;
        assert.ok(times.length <= perSecond * (span + 1) + 1, 'more went than the pace allows');
      },
    ),
  );
});

test('slots are in order, never in the past, and a pause never saves up more than one second', () => {
  fc.assert(
    fc.property(
      rate,
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 0, max: 1e7 }),
      (perSecond, count, pause) => {
        const now = 5_000_000 + pause;
        const start = Math.max(5_000_000, now);
        const times = slotTimes(start, count, perSecond, now);
        assert.ok(times.every((time, i) => time >= now && time >= (times[i - 1] ?? 0)));
        assert.ok(times.filter((time) => time === now).length <= perSecond);
      },
    ),
  );
});
