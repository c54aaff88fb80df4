import type { Subscription } from '../../core/subscription.ts';
import type { Mood } from './endpoints.ts';
import { simulatedSubscription } from './subscriptions.ts';
import { callApi, makeAnew } from './users.ts';
import type { World } from './world.ts';

/** The tenant whose owner mends, moves, deletes and replaces subscriptions while events flow to bad endpoints. */
export const RESTLESS_TENANT = 'restless';

/** What an owner does to a subscription by the API. */
export type Deed = (world: World, subscription: Subscription) => Promise<void>;

const BAD: readonly [Mood, ...Mood[]] = ['failing', 'hanging', 'slow', 'resetting', 'gone', 'going'];
const SCHEDULES: readonly [readonly number[], ...(readonly number[])[]] = [
  [1, 2, 5],
  [5, 60, 1_800],
  [2, 4_000],
];
const RATES: readonly [number | null, ...(number | null)[]] = [null, 1];

export const pause: Deed = (world, one) => callApi(world, 'updateSubscription', one, { status: 'paused' });
export const resume: Deed = (world, one) => callApi(world, 'updateSubscription', one, { status: 'active' });
export const remove: Deed = (world, one) => callApi(world, 'deleteSubscription', one);
export const rotate: Deed = (world, one) => callApi(world, 'rotateSubscriptionSecret', one);

/** Another URL, which nobody was at before and which works. */
export const mend: Deed = (world, one) =>
  callApi(world, 'updateSubscription', one, { url: elsewhere(world, one) });
const mendAndResume: Deed = (world, one) =>
  callApi(world, 'updateSubscription', one, { url: elsewhere(world, one), status: 'active' });

/** Another subscription under the same id, where the old one was or elsewhere; its endpoint works. */
export const replace: Deed = async (world, one) => {
  const url = world.time.chance(0.5) ? one.url : elsewhere(world, one);
  world.endpoints.setMood(url, 'healthy');
  const { eventTypes, timeoutSeconds, retrySchedule, rateLimit } = one;
  const paced = rateLimit === null ? {} : { rateLimit };
  await makeAnew(world, one, { url, eventTypes, timeoutSeconds, retrySchedule, ...paced });
};

const pauseAndResume: Deed = async (world, one) => {
  await pause(world, one);
  await world.time.sleep(world.time.between(0, 30_000));
  await resume(world, one);
};

const removeAndReplaceLater: Deed = async (world, one) => {
  await remove(world, one);
  await world.time.sleep(world.time.between(0, 120_000));
  await replace(world, one);
};

const DEEDS: readonly [Deed, ...Deed[]] = [
  mend,
  mendAndResume,
  replace,
  replace,
  removeAndReplaceLater,
  pauseAndResume,
  rotate,
];

/** Plans some hours of trouble for one tenant: endpoints go bad under events, their owner does something, and events go on. */
export function planMeddling(world: World, busyMs: number): void {
  const { time, subscriptions } = world;
  const count = time.between(1, 4);
  for (let i = 0; i < count; i++) {
    const id = `sub_${RESTLESS_TENANT}_${i}`;
    const fields = {
      tenant: RESTLESS_TENANT,
      id,
      retrySchedule: time.pick(SCHEDULES),
      timeoutSeconds: time.pick([1, 15, 15]),
    };
    const perSecond = time.pick(RATES);
    const rateLimit = perSecond === null ? null : { perSecond };
    subscriptions.write(RESTLESS_TENANT, id, simulatedSubscription({ ...fields, rateLimit }));
  }
  const episodes = time.between(1, 4);
  for (let i = 0; i < episodes; i++) {
    const id = `sub_${RESTLESS_TENANT}_${time.between(0, count)}`;
    time.after(time.between(0, busyMs), () => void episode(world, id, i));
  }
}

async function episode(world: World, id: string, n: number): Promise<void> {
  const { time } = world;
  const one = world.subscriptions.current(RESTLESS_TENANT, id);
  if (one === null) return;
  world.endpoints.setMood(one.url, time.pick(BAD));
  // More than a pace of one a second sends while copies of the subscription live.
  const before = one.rateLimit !== null && time.chance(0.5) ? 30 : time.between(4, 14);
  const spread = time.pick([500, 20_000]);
  for (let i = 0; i < before; i++) post(world, time.between(0, spread), `${n}-${i}`);
  await time.sleep(time.chance(0.7) ? time.between(0, 5_000) : time.between(0, 90_000));
  // What it is by now: somebody else may have changed it, or an answer of 410.
  const now = world.subscriptions.current(RESTLESS_TENANT, id) ?? one;
  await time.pick(DEEDS)(world, now);
  const after = time.between(2, 6);
  for (let i = 0; i < after; i++) post(world, time.between(0, 40_000), `${n}-after-${i}`);
}

function post(world: World, afterMs: number, name: string): void {
  world.time.after(afterMs, () => void world.post(RESTLESS_TENANT, 'order.created', `e-${name}`, '{}'));
}

/** A URL that no subscription ever led to: the time is in it. */
function elsewhere({ time }: World, { url }: Subscription): string {
  const moved = new URL(url);
  if (time.chance(0.5)) moved.hostname = `at-${time.elapsed()}.${RESTLESS_TENANT}.example`;
  moved.pathname = `/hook/${time.elapsed()}`;
  return moved.href;
}
