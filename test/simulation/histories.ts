import { retryScheduleOf } from '../../core/subscription.ts';
import { HEALTHY_TENANT } from './scenario.ts';
import type { Moment } from './subscriptions.ts';
import type { AcceptedEvent, World } from './world.ts';

/** The history of the id whose subscriptions led to a URL at one time; no two ids share one. */
export function historyOf(world: World, url: string): readonly Moment[] {
  const known = histories.get(world) ?? byUrl(world);
  histories.set(world, known);
  return known.get(url) ?? [];
}

const histories = new WeakMap<World, ReadonlyMap<string, readonly Moment[]>>();

function byUrl(world: World): ReadonlyMap<string, readonly Moment[]> {
  return new Map(
    [...world.subscriptions.histories.values()].flatMap((history) =>
      history.flatMap(({ subscription }) => (subscription ? [[subscription.url, history] as const] : [])),
    ),
  );
}

/** The schedules a subscription had. */
export function schedulesOf(world: World, url: string): readonly (readonly number[])[] {
  return historyOf(world, url).flatMap(({ subscription }) =>
    subscription ? [retryScheduleOf(subscription)] : [],
  );
}

/** How many redrives may have concerned a subscription. */
export function redrivesOf(world: World, url: string): number {
  const tenant = historyOf(world, url).find((moment) => moment.subscription)?.subscription?.tenant;
  return world.tasks.all.filter((task) => task.tenant === tenant).length;
}

/** When fan-out last decided on an event. */
export function fannedOutAt(world: World, event: AcceptedEvent): number {
  return world.ownedAt.get(`${event.tenant}\n${event.id}`) ?? Number.POSITIVE_INFINITY;
}

/** The URLs of the tenant whose endpoints are always well. */
export function healthyUrls(world: World): readonly string[] {
  const living = [...world.subscriptions.histories.values()].flatMap(
    (history) => history.at(-1)?.subscription ?? [],
  );
  return living.filter(({ tenant }) => tenant === HEALTHY_TENANT).map(({ url }) => url);
}
