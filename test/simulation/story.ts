import { historyOf } from './histories.ts';
import type { Subject } from './violation.ts';
import type { World } from './world.ts';

/** Something that happened, and whom it concerned. */
interface Scene extends Subject {
  readonly at: number;
  readonly tells: string;
}

/** Lines of a story beyond this are left out: the reader wants the cause, which is near the subject. */
const MAX_LINES = 60;

/** What happened to a subject, one line each in order of time, with the deaths of workers in between. */
export function storyOf(world: World, subject: Subject): readonly string[] {
  const about = completed(world, subject);
  if (Object.keys(about).length === 0) return [];
  const own = scenes(world).filter((scene) => concerns(scene, about));
  const times = own.filter(({ event }) => event !== undefined).map(({ at }) => at);
  const from = Math.min(...times);
  const until = Math.max(...times);
  const deaths = world.deaths
    .filter(({ at }) => at >= from && at <= until)
    .map(({ at, during }) => ({ at, tells: `a worker on ${during} died` }));
  const lines = [...own, ...deaths]
    .sort((a, b) => a.at - b.at)
    .map(({ at, tells }) => `  ${new Date(at).toISOString().slice(5, 23).replace('T', ' ')}  ${tells}`);
  const left = lines.length - MAX_LINES;
  return left > 0 ? [...lines.slice(0, MAX_LINES), `  … ${left} more lines`] : lines;
}

/** Finds the event, subscription and URL of a delivery. */
function completed(world: World, subject: Subject): Subject {
  const arrival = world.endpoints.arrivals.find(
    ({ url, headers }) =>
      subject.delivery !== undefined &&
      headers['fanfare-delivery'] === subject.delivery &&
      (subject.url === undefined || url === subject.url),
  );
  const url = subject.url ?? arrival?.url;
  const owner = url === undefined ? undefined : historyOf(world, url)[0]?.subscription;
  const event = subject.event ?? arrival?.headers['webhook-id'];
  return {
    ...subject,
    ...(event === undefined ? {} : { event }),
    ...(url === undefined ? {} : { url }),
    ...(owner ? { tenant: owner.tenant, subscription: owner.id } : {}),
  };
}

/** A scene concerns a subject unless they name different things. */
function concerns(scene: Scene, about: Subject): boolean {
  const names = ['tenant', 'event', 'subscription', 'delivery', 'url'] as const;
  return names.every(
    (name) => scene[name] === undefined || about[name] === undefined || scene[name] === about[name],
  );
}

function scenes(world: World): readonly Scene[] {
  const posted = world.accepted.map(({ tenant, id, type, acceptedAt }) => ({
    at: acceptedAt,
    tenant,
    event: id,
    tells: `accepted: ${type} ${id}`,
  }));
  const owned = [...world.ownedAt].map(([key, at]) => {
    const [tenant = '', event = ''] = key.split('\n');
    return { at, tenant, event, tells: 'fan-out took it' };
  });
  return [...posted, ...owned, ...subscriptionScenes(world), ...endpointScenes(world), ...logScenes(world)];
}

function subscriptionScenes(world: World): readonly Scene[] {
  return [...world.subscriptions.histories].flatMap(([key, history]) => {
    const [tenant = '', subscription = ''] = key.split('\n');
    return history.map(({ from, subscription: then }) => ({
      at: from,
      tenant,
      subscription,
      tells: `${subscription} is ${then === null ? 'deleted' : `${then.status}, retries ${JSON.stringify(then.retrySchedule)}`}`,
    }));
  });
}

function endpointScenes(world: World): readonly Scene[] {
  const moods = world.endpoints.moodChanges.map(({ at, url, mood }) => ({
    at,
    url,
    tells: `${url} becomes ${mood}`,
  }));
  const requests = world.endpoints.arrivals.map(({ url, at, headers, status, retryAfter }) => ({
    at,
    url,
    event: headers['webhook-id'] ?? '',
    delivery: headers['fanfare-delivery'] ?? '',
    tells: `request ${headers['fanfare-attempt']} → ${status ?? 'no answer'}${retryAfter === null ? '' : `, Retry-After ${retryAfter}`}`,
  }));
  return [...moods, ...requests];
}

function logScenes(world: World): readonly Scene[] {
  return world.log.rows.map(
    ({ tenant, event, subscription, delivery, attempt, run, at, status, reason }) => ({
      at,
      tenant,
      event,
      subscription,
      delivery,
      tells: `log: attempt ${attempt}${run === '' ? '' : ` of run ${run}`} ${status ?? 'no say'}${reason === null ? '' : ` (${reason})`}`,
    }),
  );
}
