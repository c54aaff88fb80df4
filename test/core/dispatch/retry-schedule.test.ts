import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_RETRY_SCHEDULE } from '../../../contract/limits.ts';
import { nextAttemptAt } from '../../../core/dispatch/retry-schedule.ts';

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const now = 1_767_323_045_678;

test('the default schedule makes ten attempts over about three days', () => {
  const waits = DEFAULT_RETRY_SCHEDULE.map((_, step) => {
    const at = nextAttemptAt({ schedule: DEFAULT_RETRY_SCHEDULE, step, now: 0, notBefore: null, chance: 0 });
    return (at ?? 0) / 1000;
  });
  assert.deepEqual(waits, [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
  const step = DEFAULT_RETRY_SCHEDULE.length;
  assert.equal(
    nextAttemptAt({ schedule: DEFAULT_RETRY_SCHEDULE, step, now, notBefore: null, chance: 0 }),
    null,
  );
});

test('an empty schedule means one attempt', () => {
  assert.equal(nextAttemptAt({ schedule: [], step: 0, now, notBefore: now + 1, chance: 0 }), null);
});

test('a retry comes within a quarter after its time and never before it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 86_400 }), chance, (delay, luck) => {
      const at = nextAttemptAt({ schedule: [delay], step: 0, now, notBefore: null, chance: luck }) ?? 0;
      assert.ok(at >= now + delay * 1000 && at <= now + delay * 1250 + 1);
    }),
  );
});

test('C040: what the endpoint asked for counts when it is later', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 86_400 }),
      fc.integer({ min: 0, max: 86_400_000 }),
      chance,
      (delay, wait, luck) => {
        const at =
          nextAttemptAt({ schedule: [delay], step: 0, now, notBefore: now + wait, chance: luck }) ?? 0;
        assert.ok(at >= now + wait && at >= now + delay * 1000);
      },
    ),
  );
});

test('C043: a thousand retries that failed together are spread', () => {
  const times = Array.from(
    { length: 1_000 },
    (_, i) => nextAttemptAt({ schedule: [300], step: 0, now, notBefore: null, chance: i / 1_000 }) ?? 0,
  );
  const seconds = Map.groupBy(times, (time) => Math.floor(time / 1000));
  assert.ok(Math.max(...times) - Math.min(...times) >= 60_000);
  assert.ok(Math.max(...[...seconds.values()].map((same) => same.length)) <= 50);
});
