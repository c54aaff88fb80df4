import { HEALTH_POLICY } from '../../core/dispatch/health.ts';
import type { EndpointVersion, Subscription } from '../../core/subscription.ts';
import type { Arrival } from './endpoints.ts';
import { historyOf } from './histories.ts';
import { type Violation, violation } from './violation.ts';
import type { World } from './world.ts';

/** For so long a request and its answer are on their way, which a worker counts as well. */
const ON_THE_WAY_MS = 2_000;

/** What an endpoint itself did, from its beginning up to some time. */
interface Record {
  /** Attempts without a success. */
  readonly failed: readonly Arrival[];
  readonly slow: number;
  readonly gone: number;
}

/**
 * An endpoint answers for what it did itself. One that its owner has just mended, or made anew under the same id, is
 * not held back, slowed down, counted as failing or switched off for what another at its place did, nor does a delivery
 * die of the last word of a URL that was left.
 */
export function verdicts(world: World): readonly Violation[] {
  return [
    ...heldBack(world),
    ...failures(world),
    ...slowMarks(world),
    ...switchedOff(world),
    ...lastWords(world),
    ...backlogs(world),
  ];
}

/** What a subscription's endpoint did up to `until`: attempts that reached its URL since it is one. */
function recordOf(world: World, subscription: Subscription, until: number): Record {
  const { tenant, id, url } = subscription;
  const history = world.subscriptions.histories.get(`${tenant}\n${id}`) ?? [];
  const from = history.find(
    (moment) => moment.subscription && isSame(moment.subscription, subscription),
  )?.from;
  const own = arrivalsOf(world, url).filter(({ at }) => at >= (from ?? Infinity) && at <= until);
  const failed = own.filter(({ status }) => status === null || status < 200 || status > 299);
  return {
    failed,
    slow: own.filter(
      ({ at, answeredAt }) =>
        answeredAt === null || answeredAt - at > HEALTH_POLICY.slowAnswerMs - ON_THE_WAY_MS,
    ).length,
    gone: own.filter(({ status }) => status === 410).length,
  };
}

/** Told here by itself, so that a mistake in the product's own way is none of the judge's. */
function isSame(one: EndpointVersion, other: EndpointVersion): boolean {
  return one.createdAt === other.createdAt && one.endpointRevision === other.endpointRevision;
}

function arrivalsOf(world: World, url: string): readonly Arrival[] {
  const known = byUrl.get(world) ?? Map.groupBy(world.endpoints.arrivals, (arrival) => arrival.url);
  byUrl.set(world, known);
  return known.get(url) ?? [];
}

const byUrl = new WeakMap<World, ReadonlyMap<string, readonly Arrival[]>>();

function heldBack(world: World): readonly Violation[] {
  return world.sightings.holds.flatMap(({ subscription, held }) => {
    if (held === null) return [];
    const { decision, at } = held;
    const { tenant, id, url } = subscription;
    const about = { tenant, subscription: id, url };
    const record = recordOf(world, subscription, at);
    const breaks = decision.kind === 'later' && decision.slotAt === null;
    if (breaks && record.failed.length < HEALTH_POLICY.failuresToOpen)
      return [violation(`${id}: a breaker of ${record.failed.length} failures holds ${url} back`, about)];
    const slows = decision.kind === 'slow-lane' || (decision.kind === 'later' && decision.slow);
    return slows && record.slow === 0 ? [violation(`${id}: ${url} is in the slow lane unheard`, about)] : [];
  });
}

/** What is kept of an endpoint's health is of what it did: no failure of another, and none of what is gone. */
function failures(world: World): readonly Violation[] {
  return world.sightings.healths.flatMap(({ tenant, id, at, known, subscription }) => {
    const about = { tenant, subscription: id };
    if (subscription === null) return [violation(`${id} is gone, but its health is there`, about)];
    const { failed } = recordOf(world, subscription, at);
    const events = new Set(failed.map(({ headers }) => headers['webhook-id']));
    if (known.failures > failed.length)
      return [
        violation(`${id}: ${known.failures} failures are counted, ${failed.length} are its own`, about),
      ];
    return known.failedEvents.every((event) => events.has(event))
      ? []
      : [violation(`${id}: an event is counted that failed elsewhere`, about)];
  });
}

function slowMarks(world: World): readonly Violation[] {
  return world.sightings.marks.flatMap(({ tenant, id, at, subscription }) => {
    const about = { tenant, subscription: id };
    if (subscription === null) return [violation(`${id} is gone, but marked as slow`, about)];
    const { slow } = recordOf(world, subscription, at);
    return slow === 0 ? [violation(`${id} is marked as slow, but never was`, about)] : [];
  });
}

function switchedOff(world: World): readonly Violation[] {
  return [...world.subscriptions.histories.values()].flatMap((history) =>
    history.flatMap(({ from, subscription }, i) => {
      const before = history[i - 1]?.subscription;
      if (subscription?.status !== 'disabled' || before?.status !== 'active') return [];
      const { tenant, id, url } = before;
      const { gone, failed } = recordOf(world, before, from);
      const earned =
        subscription.statusReason === '410' ? gone > 0 : failed.length >= HEALTH_POLICY.disableAfterEvents;
      return earned
        ? []
        : [violation(`${id}: ${url} is switched off for what it never did`, { tenant, subscription: id })];
    }),
  );
}

/** A 410 from a URL that was left before it came is only a failed attempt. */
function lastWords(world: World): readonly Violation[] {
  const gone = Map.groupBy(
    world.endpoints.arrivals.filter(({ status }) => status === 410),
    ({ headers }) => headers['fanfare-delivery'] ?? '',
  );
  return world.journal.flatMap(({ row }) => {
    const { tenant, subscription, delivery, status, reason } = row;
    if (status !== 'failed' || reason !== '410' || world.unlearnt.has(`${tenant}\n${subscription}`))
      return [];
    const said = (gone.get(delivery) ?? []).filter(
      ({ headers }) => headers['fanfare-attempt'] === String(row.request),
    );
    const counts = said.some(({ url, answeredAt, at }) => {
      const moment = historyOf(world, url).findLast(({ from }) => from <= (answeredAt ?? at));
      return moment?.subscription?.url === url;
    });
    return counts ? [] : [violation(`delivery ${delivery}: it died of a URL that was left`, { delivery })];
  });
}

/** The moments of a pace begin with the subscription: none waits for those that another under its id had taken. */
function backlogs(world: World): readonly Violation[] {
  const lives = Map.groupBy(
    world.sightings.holds,
    ({ subscription: { tenant, id, createdAt } }) => `${tenant}\n${id}\n${createdAt}`,
  );
  return [...lives.values()].flatMap((holds) =>
    holds.flatMap(({ subscription, held }) => {
      const { id, tenant, rateLimit } = subscription;
      if (rateLimit === null || held?.decision.kind !== 'later' || held.decision.slotAt === null) return [];
      const asked = holds.filter(({ at }) => at <= held.at).length;
      const latest = held.at + (asked * 1_000) / rateLimit.perSecond + 2 * world.skewMs;
      return held.decision.slotAt <= latest
        ? []
        : [violation(`${id}: it waits for moments that others had taken`, { tenant, subscription: id })];
    }),
  );
}
