import { createHmac } from 'node:crypto';
import { DISPATCH, SUBSCRIPTION } from '../../contract/limits.ts';
import { foldDelivery } from '../../core/delivery-fold.ts';
import { keeps } from '../../core/dispatch/log-policy.ts';
import { typeMatches } from '../../core/fan-out/match-type.ts';
import type { Subscription } from '../../core/subscription.ts';
import { attempts } from './attempts.ts';
import type { Arrival } from './endpoints.ts';
import { fannedOutAt, healthyUrls, historyOf, redrivesOf, schedulesOf } from './histories.ts';
import { lives } from './lives.ts';
import { neighbours } from './neighbours.ts';
import { HEALTHY_TENANT } from './scenario.ts';
import type { Moment } from './subscriptions.ts';
import { verdicts } from './verdicts.ts';
import { type Violation, violation } from './violation.ts';
import type { AcceptedEvent, World } from './world.ts';

/** How long a worker may trust its copy of a subscription. */
const CACHE_MS = DISPATCH.subscriptionCacheMs;
/** What was under way when the copy ran out: a few slow calls between reading it and sending. */
const SLACK_MS = 10_000;
/** No worker lives longer, so what it sends was looked up no longer ago. */
const WORKER_MS = 60_000;
/** A worker that dies takes its batch with it until the visibility is over, which is six minutes; now and then again. */
const ROUGH_LAG_BOUND_MS = 30 * 60_000;
/** Where no worker dies, neighbours are the only thing that could hold a delivery up. */
const CALM_LAG_BOUND_MS = 10_000;

/** Looks at a finished world from the outside and says what should never have happened. */
export function judge(world: World): readonly Violation[] {
  return [
    ...unsettled(world),
    ...endings(world),
    ...successes(world),
    ...identities(world),
    ...schedules(world),
    ...strangers(world),
    ...paces(world),
    ...lags(world),
    ...verdicts(world),
    ...attempts(world),
    ...lives(world),
    ...neighbours(world),
  ];
}

/** Nothing may be left waiting, and nothing may be poison: every message of ours can be read. */
function unsettled(world: World): readonly Violation[] {
  const queues = Object.values(world.queues);
  return [
    ...queues
      .filter((queue) => queue.name !== 'dead-letters' && queue.size > 0)
      .map((queue) => violation(`${queue.size} messages never left ${queue.name}`)),
    ...queues
      .filter((queue) => queue.poison.length > 0)
      .map((queue) => violation(`${queue.poison.length} messages of ${queue.name} became poison`)),
    ...(world.parking.size > 0 ? [violation(`${world.parking.size} deliveries stayed parked`)] : []),
  ];
}

/** Every accepted event ends once for each subscription that matched it, and the log says how. */
function endings(world: World): readonly Violation[] {
  const rows = Map.groupBy(world.log.rows, (row) => `${row.tenant}\n${row.event}\n${row.subscription}`);
  const found: Violation[] = [];
  // A log that keeps every row has no excuse for one that is missing, whatever failed when it was to be written.
  const taken = world.log.policy.keepsFirstSuccesses ? new Set<string>() : takenDeliveries(world);
  for (const event of world.accepted) {
    for (const [key, history] of world.subscriptions.histories) {
      const [tenant, id] = key.split('\n');
      if (tenant !== event.tenant) continue;
      const own = rows.get(`${event.tenant}\n${event.id}\n${id}`) ?? [];
      const wanted = interest(history, event, fannedOutAt(world, event));
      const what = `event ${event.id} of ${event.tenant} for ${id}`;
      const about = { tenant, event: event.id, ...(id === undefined ? {} : { subscription: id }) };
      if (wanted === 'never' && own.length > 0)
        found.push(violation(`${what}: sent although it never matched`, about));
      if (taken.has(`${event.tenant}\n${event.id}\n${id}`)) continue;
      const status = own.length === 0 ? 'lost' : foldDelivery(own).status;
      if (status === 'lost' && wanted !== 'always') continue;
      if (status === 'lost' || status === 'pending' || status === 'retrying')
        found.push(violation(`${what}: ${status}`, about));
    }
  }
  return found;
}

/**
 * A success stands: whatever a second worker says of the same attempt, and however late, it is what the delivery is, and
 * the endpoint hears no more of it than what was under way. First attempts apart: those may come from two messages of a
 * fan-out that died, which nobody looks up.
 */
function successes(world: World): readonly Violation[] {
  const { policy } = world.log;
  const since = new Map<string, number>();
  for (const { at, row } of world.journal) {
    if (row.status === 'succeeded' && keeps(policy, row) && !since.has(row.delivery))
      since.set(row.delivery, at);
  }
  const rows = Map.groupBy(world.log.rows, (row) => row.delivery);
  const undone = [...since.keys()].flatMap((delivery) => {
    const { status } = foldDelivery(rows.get(delivery) ?? []);
    return status === 'succeeded'
      ? []
      : [violation(`delivery ${delivery}: a success became ${status}`, { delivery })];
  });
  const repeated = world.endpoints.arrivals.flatMap(({ at, headers }) => {
    const delivery = headers['fanfare-delivery'] ?? '';
    const succeeded = since.get(delivery) ?? Number.POSITIVE_INFINITY;
    return headers['fanfare-attempt'] !== '1' && at > succeeded + WORKER_MS
      ? [violation(`delivery ${delivery}: sent once more after its success was on record`, { delivery })]
      : [];
  });
  return [...undone, ...repeated];
}

/** Deliveries that an endpoint answered with 2xx, by tenant, event and subscription. */
function takenDeliveries(world: World): ReadonlySet<string> {
  const taken = world.endpoints.arrivals.filter(
    ({ status }) => status !== null && status >= 200 && status < 300,
  );
  return new Set(
    taken.flatMap((arrival) => {
      const subscription = historyOf(world, arrival.url).find((moment) => moment.subscription)?.subscription;
      return subscription
        ? [`${subscription.tenant}\n${arrival.headers['webhook-id']}\n${subscription.id}`]
        : [];
    }),
  );
}

/** Whether the subscription wanted the event at all times, at some, or at none between ingest and fan-out. */
function interest(
  history: readonly Moment[],
  event: AcceptedEvent,
  fannedOutAt: number,
): 'always' | 'sometimes' | 'never' {
  const before = history.findLast((moment) => moment.from <= event.acceptedAt);
  const during = history.filter((moment) => moment.from > event.acceptedAt && moment.from <= fannedOutAt);
  const wants = [before, ...during].map((moment) => {
    const subscription = moment?.subscription;
    return subscription?.eventTypes.some((pattern) => typeMatches(pattern, event.type)) ?? false;
  });
  if (wants.every(Boolean)) return 'always';
  return wants.some(Boolean) ? 'sometimes' : 'never';
}

/** Ids and bodies never change, and every request is signed by a secret that lived. */
function identities(world: World): readonly Violation[] {
  const found: Violation[] = [];
  const bodies = new Map<string, string>();
  for (const arrival of world.endpoints.arrivals) {
    const delivery = arrival.headers['fanfare-delivery'] ?? '';
    const key = `${arrival.headers['webhook-id']}\n${delivery}`;
    const known = bodies.get(delivery);
    if (known !== undefined && known !== `${key}\n${arrival.body}`) {
      found.push(violation(`delivery ${delivery}: its id or body changed`, { delivery }));
    }
    bodies.set(delivery, `${key}\n${arrival.body}`);
    if (!signedByLivingSecret(world, arrival))
      found.push(violation(`delivery ${delivery}: not signed by a living secret`, { delivery }));
  }
  return found;
}

function signedByLivingSecret(world: World, arrival: Arrival): boolean {
  const history = historyOf(world, arrival.url);
  const around = history.filter(
    ({ from }, i) =>
      from <= arrival.at && (history[i + 1]?.from ?? Infinity) > arrival.at - CACHE_MS - SLACK_MS,
  );
  const signatures = (arrival.headers['webhook-signature'] ?? '').split(' ');
  if (signatures.length > SUBSCRIPTION.maxLiveSecrets) return false;
  const content = `${arrival.headers['webhook-id']}.${arrival.headers['webhook-timestamp']}.${arrival.body}`;
  return around.some(({ subscription }) => {
    const secret = subscription?.secrets[0]?.secret;
    if (!secret) return false;
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    return signatures.includes(`v1,${createHmac('sha256', key).update(content).digest('base64')}`);
  });
}

/** No attempt comes before its time, and none beyond the schedule. */
function schedules(world: World): readonly Violation[] {
  const found: Violation[] = [];
  const byDelivery = Map.groupBy(
    world.endpoints.arrivals,
    (arrival) => arrival.headers['fanfare-delivery'] ?? '',
  );
  for (const [delivery, arrivals] of byDelivery) {
    const longest = Math.max(
      ...schedulesOf(world, arrivals[0]?.url ?? '').map((schedule) => schedule.length),
    );
    const runs = 1 + redrivesOf(world, arrivals[0]?.url ?? '');
    const attempts = arrivals.map((arrival) => Number(arrival.headers['fanfare-attempt']));
    // Where runs go on beside each other, what is repeated after a crash is numbered behind the other's request.
    const most = (longest + 1) * runs + (runs > 1 ? world.mostRepeats : 0);
    if (Math.max(...attempts) > most)
      found.push(
        violation(`delivery ${delivery}: attempt ${Math.max(...attempts)} of ${most}`, { delivery }),
      );
    const repeats = attempts.length - new Set(attempts).size;
    if (repeats > world.mostRepeats)
      found.push(violation(`delivery ${delivery}: ${repeats} repeats`, { delivery }));
    found.push(...tooEarly(world, delivery, arrivals));
  }
  return found;
}

function tooEarly(world: World, delivery: string, arrivals: readonly Arrival[]): readonly Violation[] {
  const found: Violation[] = [];
  for (const arrival of arrivals) {
    const attempt = Number(arrival.headers['fanfare-attempt']);
    const before = arrivals.filter((other) => Number(other.headers['fanfare-attempt']) === attempt - 1);
    if (before.length === 0 || redrivesOf(world, arrival.url) > 0) continue;
    const shortest = Math.min(
      ...schedulesOf(world, arrival.url).map((schedule) => schedule[attempt - 2] ?? Infinity),
    );
    const allowed = before.some((previous) => {
      const waitMs = 1000 * Math.max(shortest, Math.min(previous.retryAfter ?? 0, 86_400));
      // What one clock puts off falls due by another.
      const early = 2 * world.skewMs + 1;
      return arrival.at >= (previous.answeredAt ?? previous.at) + waitMs - early;
    });
    if (!allowed)
      found.push(violation(`delivery ${delivery}: attempt ${attempt} came too early`, { delivery }));
  }
  return found;
}

/** Nothing goes to a subscription that was deleted, paused or disabled, nor to a URL it left, longer ago than caches live. */
function strangers(world: World): readonly Violation[] {
  return world.endpoints.arrivals.flatMap((arrival) => {
    const history = historyOf(world, arrival.url);
    const then = history.findLast((moment) => moment.from <= arrival.at - CACHE_MS - SLACK_MS);
    const since = history.filter(
      (moment) => moment.from > arrival.at - CACHE_MS - SLACK_MS && moment.from <= arrival.at,
    );
    const { url, headers } = arrival;
    const open = [then, ...since].some(
      (moment) => moment?.subscription?.status === 'active' && moment.subscription.url === url,
    );
    const delivery = headers['fanfare-delivery'] ?? '';
    return open
      ? []
      : [violation(`${url}: a request reached a subscription that was closed`, { url, delivery })];
  });
}

/** No second holds more requests than twice the pace, repeats apart. */
function paces(world: World): readonly Violation[] {
  const found: Violation[] = [];
  const byUrl = Map.groupBy(world.endpoints.arrivals, (arrival) => arrival.url);
  for (const [url, arrivals] of byUrl) {
    const perSecond = rateOf(historyOf(world, url));
    if (perSecond === null) continue;
    const times = arrivals.map((arrival) => arrival.at).sort((a, b) => a - b);
    const busiest = Math.max(
      ...times.map((start, i) => times.slice(i).filter((time) => time < start + 1000).length),
    );
    if (busiest > 2 * perSecond + world.mostRepeats) {
      found.push(violation(`${url}: ${busiest} requests in one second at a pace of ${perSecond}`, { url }));
    }
  }
  return found;
}

function rateOf(history: readonly Moment[]): number | null {
  const rates = history.map(
    ({ subscription }: { subscription: Subscription | null }) => subscription?.rateLimit?.perSecond,
  );
  return rates.every((rate) => rate !== undefined) ? Math.max(...rates.map((rate) => rate ?? 0)) : null;
}

/** A tenant whose endpoints are all well is served soon, whatever its neighbours do. */
function lags(world: World): readonly Violation[] {
  const first = new Map<string, number>();
  for (const arrival of world.endpoints.arrivals) {
    const key = `${arrival.url}\n${arrival.headers['webhook-id']}`;
    if (!first.has(key)) first.set(key, arrival.at);
  }
  const bound = world.mostRepeats === 0 ? CALM_LAG_BOUND_MS : ROUGH_LAG_BOUND_MS;
  return world.accepted.flatMap((event) => {
    if (event.tenant !== HEALTHY_TENANT) return [];
    return healthyUrls(world).flatMap((url) => {
      const at = first.get(`${url}\n${event.id}`);
      if (at === undefined) return [];
      const lag = at - event.acceptedAt;
      return lag > bound
        ? [
            violation(`${event.id}: the healthy tenant waited ${Math.round(lag / 1000)} s`, {
              event: event.id,
              url,
            }),
          ]
        : [];
    });
  });
}
