import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  breakerVerdict,
  failsTooLong,
  HEALTH_POLICY,
  HEALTHY,
  type Health,
  isSlow,
  opened,
  openMs,
  opens,
  reopeningAt,
} from '../../../core/dispatch/health.ts';

const NOW = 1_767_323_045_678;
const failing = (failures: number): Health => ({ ...HEALTHY, failures, failingSince: NOW });

test('a healthy subscription is let through', () => {
  assert.deepEqual(breakerVerdict(HEALTHY, NOW), { kind: 'closed' });
});

test('the tenth failure in a row opens the breaker, the ninth does not', () => {
  assert.equal(opens(failing(9), NOW), false);
  assert.equal(opens(failing(10), NOW), true);
});

test('it stays open 30 s the first time, doubling to ten minutes', () => {
  const seconds = [1, 2, 3, 4, 5, 6, 7, 100].map((opening) => openMs(opening) / 1000);
  assert.deepEqual(seconds, [30, 60, 120, 240, 480, 600, 600, 600]);
});

test('while it is open nothing goes, then one probe may, then nothing until the probe is over', () => {
  const open = opened(failing(10), NOW);
  assert.deepEqual(breakerVerdict(open, NOW + 29_999), { kind: 'open', until: NOW + 30_000 });
  assert.deepEqual(breakerVerdict(open, NOW + 30_000), { kind: 'half-open' });
  const probed = { ...open, probeUntil: NOW + 50_000 };
  assert.deepEqual(breakerVerdict(probed, NOW + 30_001), { kind: 'open', until: NOW + 50_000 });
  assert.deepEqual(breakerVerdict(probed, NOW + 50_000), { kind: 'half-open' });
});

test('a failed probe opens it again for longer, a late failure of an earlier attempt does not', () => {
  const open = opened(failing(10), NOW);
  assert.equal(opens({ ...open, failures: 11 }, NOW + 10_000), false);
  assert.equal(opens({ ...open, failures: 11 }, NOW + 30_000), true);
  const again = opened({ ...open, failures: 11 }, NOW + 30_000);
  assert.equal(again.openUntil, NOW + 90_000);
  assert.equal(again.probeUntil, null);
});

test('what waits for the reopening comes after it, spread', () => {
  const open = opened(failing(10), NOW);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (chance) => {
      const at = reopeningAt(open, NOW + 30_000, chance);
      assert.ok(at >= NOW + 30_000 && at <= NOW + 45_001);
    }),
  );
});

test('C048: only 72 hours of nothing but failure over ten events disable a subscription', () => {
  const events = Array.from({ length: 10 }, (_, i) => `evt_${i}`);
  const long: Health = {
    ...failing(50),
    failingSince: NOW - HEALTH_POLICY.disableAfterMs,
    failedEvents: events,
  };
  assert.equal(failsTooLong(long, NOW), true);
  assert.equal(failsTooLong(long, NOW - 1), false);
  assert.equal(failsTooLong({ ...long, failedEvents: events.slice(1) }, NOW), false);
  assert.equal(failsTooLong({ ...HEALTHY, failedEvents: events }, NOW), false);
});

test('a slow subscription leaves the slow lane when its time is over', () => {
  assert.equal(isSlow({ ...HEALTHY, slowUntil: NOW + 1 }, NOW), true);
  assert.equal(isSlow({ ...HEALTHY, slowUntil: NOW }, NOW), false);
  assert.equal(isSlow(HEALTHY, NOW), false);
});
