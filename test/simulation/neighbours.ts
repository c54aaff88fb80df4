import { DISPATCH } from '../../contract/limits.ts';
import { HEALTH_POLICY } from '../../core/dispatch/health.ts';
import { seededRandom } from '../support/clock.ts';
import type { Mood } from './endpoints.ts';
import { BUSY_MS, INNOCENT_TENANT } from './scenario.ts';
import { simulatedSubscription } from './subscriptions.ts';
import { type Violation, violation } from './violation.ts';
import type { World } from './world.ts';

/** The tenant of whose endpoints none answers for a while. */
const HANGING_TENANT = 'hanging';
/** For so long endpoints hang and the innocent tenant posts: longer than the first requests take to time out. */
const WATCHED_MS = 25_000;
const TIMEOUT_SECONDS = 15;
/** Enough that all environments of dispatch have more to ask than twice what sockets they have. */
const EVENTS_FOR_ALL = 18;
const EVENTS_FOR_ONE = 40;

/** A run that is held up looks for more work after so long, and again and again. */
const HELD_UP_MS = 300;
/** Some seventeen calls of 100 ms at most: of ingest, of fan-out and the batch before it there, and of looking up. */
const CALLS_MS = 1_700;
/**
 * How late the first attempt of an innocent delivery may be, in milliseconds. An environment that hangs with sockets to
 * spare takes more messages by itself within `HELD_UP_MS`. One that hangs with all of them open takes none before its
 * endpoints have not answered for `slowAnswerMs`: then it knows that they are slow, their sockets give way, what waits
 * for a socket goes to the slow lane, and they keep nobody waiting from there. Their tenant gets no others before their
 * time-out, so that happens once, however many endpoints hang. The slow lane has environments of its own, and is not
 * waited for.
 */
const BOUND_MS = HEALTH_POLICY.slowAnswerMs + HELD_UP_MS + CALLS_MS;

/** In one calm world of forty, a burst of events for many endpoints that hang, beside a tenant whose endpoint is well. */
export function planNeighbours(world: World, seed: number): void {
  if (seed % 40 !== 5) return;
  const random = seededRandom(seed + 2_000_000);
  const between = (low: number, high: number) => Math.floor(low + random.number() * (high - low));
  const startsAt = between(0, BUSY_MS - WATCHED_MS);
  const endpoints = between(30, 40);
  // As large a share of them as two hundred and fifty endpoints are of what an environment has.
  const maxPerOrigin = Math.ceil((endpoints * DISPATCH.maxOpenSocketsPerOrigin) / DISPATCH.maxOpenSockets);
  world.sockets = { max: endpoints, maxPerOrigin, maxPerTenant: endpoints, maxAside: endpoints };
  const hanging = Array.from({ length: endpoints }, (_, i) =>
    subscribe(world, HANGING_TENANT, i, i === 0 ? ['*'] : ['order.*']),
  );
  subscribe(world, INNOCENT_TENANT, 0, ['*']);
  const mood = (at: number, next: Mood) =>
    world.time.after(at, () => {
      for (const url of hanging) world.endpoints.setMood(url, next);
    });
  mood(startsAt, 'hanging');
  mood(startsAt + WATCHED_MS, 'healthy');
  let n = 0;
  const post = (tenant: string, type: string, at: number) => {
    const id = `e-${tenant}-${n++}`;
    world.time.after(startsAt + at, () => void world.post(tenant, type, id, '{}'));
  };
  for (let i = 0; i < EVENTS_FOR_ALL; i++) post(HANGING_TENANT, 'order.created', between(0, 4_000));
  for (let i = 0; i < EVENTS_FOR_ONE; i++) post(HANGING_TENANT, 'note', between(300, 3_000));
  for (let at = 0; at < WATCHED_MS; at += between(700, 1_300)) post(INNOCENT_TENANT, 'note', at);
}

/** Answers the URL. */
function subscribe(
  { subscriptions }: World,
  tenant: string,
  i: number,
  eventTypes: readonly string[],
): string {
  const id = `sub_${tenant}_${i}`;
  const fields = { tenant, id, eventTypes, timeoutSeconds: TIMEOUT_SECONDS, retrySchedule: [] };
  const subscription = simulatedSubscription(fields);
  subscriptions.write(tenant, id, subscription);
  return subscription.url;
}

/** An innocent tenant is served soon, however many endpoints of another hang. */
export function neighbours(world: World): readonly Violation[] {
  const innocent = world.accepted.filter(({ tenant }) => tenant === INNOCENT_TENANT);
  if (innocent.length === 0) return [];
  const arrivedAt = new Map<string, number>();
  for (const { headers, at } of world.endpoints.arrivals.toReversed())
    arrivedAt.set(headers['webhook-id'] ?? '', at);
  return innocent.flatMap(({ tenant, id, acceptedAt }) => {
    const lag = (arrivedAt.get(id) ?? Number.POSITIVE_INFINITY) - acceptedAt;
    return lag > BOUND_MS
      ? [violation(`${id}: the innocent tenant waited ${lag} ms of ${BOUND_MS}`, { tenant, event: id })]
      : [];
  });
}
