import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { failingSubscription } from '../../bench/scaling/failing-subscription.ts';
import { DEFAULTS } from '../../bench/scaling/limits.ts';
import { AS_DEPLOYED, study, TURNED } from '../../bench/scaling/study.ts';
import { tables } from '../../bench/scaling/tables.ts';
import { HEALTH_POLICY } from '../../core/dispatch/health.ts';
import { ROOT } from '../support/source-files.ts';
import { synthesize } from '../support/template.ts';

/** Chance that is always in the middle. */
const middling = () => 0.5;

test('a failing endpoint is attempted at the pace of its breaker, however much waits for it', () => {
  const [few, many] = [0.01, 0.1].map((perSecond) => failingSubscription('refuses', perSecond, 24, middling));
  const slowestPace = 1_000 / HEALTH_POLICY.longestOpenMs;
  for (const rates of [few, many])
    assert.ok(rates && rates.attempts < 2 * slowestPace, JSON.stringify(rates));
  assert.ok(few && many && many.holds > 8 * few.holds);
});

test('a hanging endpoint moves every delivery to the slow lane, a refusing one none', () => {
  assert.ok(failingSubscription('hangs', 0.01, 1, middling).slowMoves > 0);
  assert.equal(failingSubscription('refuses', 0.01, 1, middling).slowMoves, 0);
});

test('a subscription that fails for three days is disabled, so that nothing waits for longer', () => {
  const watched = failingSubscription('refuses', 0.01, 200, middling);
  // Middling chance makes them come at even gaps.
  const days = (watched.waitingAtEnd * Math.LN2) / 0.01 / 86_400;
  assert.ok(days > 2.5 && days < 3.5, String(days));
});

test("the scale model's knobs stand where the template has them", () => {
  const stack = synthesize();
  const mapped = [...stack.allOf('AWS::Lambda::EventSourceMapping')].map(([path, { Properties }]) => {
    const { MaximumConcurrency } = Properties.ScalingConfig as { readonly MaximumConcurrency: number };
    return [path.split('/').at(-1), MaximumConcurrency] as const;
  });
  const most = new Map(mapped);
  assert.deepEqual(
    [most.get('Events'), most.get('Deliveries'), most.get('SlowDeliveries')],
    [DEFAULTS.fanOut, DEFAULTS.dispatch, DEFAULTS.slowDispatch],
  );
  const { RouteSettings } = stack.of('Api/Stage') as {
    readonly RouteSettings: Readonly<Record<string, { readonly ThrottlingRateLimit: number }>>;
  };
  assert.equal(RouteSettings['POST /v1/events']?.ThrottlingRateLimit, DEFAULTS.requestsPerSecond);
});

test('the tables in docs/scaling.md are what the model says today', () => {
  const page = readFileSync(join(ROOT, 'docs/scaling.md'), 'utf8');
  assert.ok(page.includes(tables(study(AS_DEPLOYED), study(TURNED))), 'run: node bench/scaling/main.ts');
});
