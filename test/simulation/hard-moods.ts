import { noMeter } from '../../core/meter.ts';
import { Problem } from '../../core/problem.ts';
import { refuseLoops } from '../../lambdas/edge/refuse-loops.ts';
import { seededRandom } from '../support/clock.ts';
import type { Mood } from './endpoints.ts';
import { HEALTHY_TENANT } from './scenario.ts';
import type { World } from './world.ts';

/** Moods of endpoints that are rarer than the others. */
const HARD: readonly Mood[] = ['late', 'unsought', 'looping'];

/**
 * In one world of four, some endpoints have one of the rarer moods from the start. Chance of its own decides whose, so
 * that the other worlds play as they would without.
 */
export function planHardMoods({ subscriptions, endpoints }: World, seed: number): void {
  if (seed % 4 !== 3) return;
  const random = seededRandom(seed + 1_000_000);
  for (const history of subscriptions.histories.values()) {
    const subscription = history.at(-1)?.subscription;
    if (!subscription || subscription.tenant === HEALTHY_TENANT || random.number() < 0.5) continue;
    const mood = HARD[Math.floor(random.number() * HARD.length)];
    if (mood) endpoints.setMood(subscription.url, mood);
  }
}

/** What the API answers an endpoint that forwards to it what it got, headers and all; null if it took it. */
export function answerToForwarded(headers: Readonly<Record<string, string>>): number | null {
  const request = { event: { headers } };
  try {
    Reflect.apply(refuseLoops(noMeter).before ?? never, undefined, [request]);
    return null;
  } catch (error) {
    if (error instanceof Problem) return error.status;
    throw error;
  }
}

function never(): never {
  throw new Error('the edge does not look at requests');
}
