import { QUOTA } from '../../contract/limits.ts';
import { newEventId } from '../../core/id.ts';
import { newTask, startTask } from '../../core/manage/task-operations.ts';
import { type OutgoingMessage, QueueSendError } from '../../core/queue.ts';
import type { Subscription } from '../../core/subscription.ts';
import { seededRandom } from '../support/clock.ts';
import { MOODS } from './endpoints.ts';
import { type Deed, mend, pause, planMeddling, remove, replace, resume, rotate } from './meddling.ts';
import { simulatedSubscription } from './subscriptions.ts';
import type { World } from './world.ts';

/** The tenant whose endpoints are always well. */
export const HEALTHY_TENANT = 'healthy';
/** The tenant that posts a little all the time beside one that does its worst; it changes nothing. */
export const INNOCENT_TENANT = 'innocent';

const TENANTS = ['big', 'small', HEALTHY_TENANT] as const;
const TYPES = ['order.created', 'order.item.added', 'customer.created', 'product.created'] as const;
const INTERESTS: readonly [readonly string[], ...(readonly string[])[]] = [
  ['*'],
  ['order.*'],
  ['order.created', 'order.*'],
  ['customer.created'],
  ['product.*'],
];
const SCHEDULES: readonly [readonly number[], ...(readonly number[])[]] = [
  [1, 2, 5],
  [5, 60, 1_800],
  [60, 4_000, 20_000],
  [2],
  [],
];

/** How long producers post and users change their minds, in milliseconds. */
export const BUSY_MS = 3_600_000;

/** Peoples the world: tenants of very different size, and a plan of what happens in its busy hour. */
export function plan(world: World): void {
  const { time } = world;
  for (const tenant of TENANTS) {
    const count = tenant === 'big' ? Math.round(time.between(5, 130)) : Math.round(time.between(1, 4));
    for (let i = 0; i < count; i++) subscribe(world, tenant, `sub_${tenant}_${i}`);
  }
  const events = Math.round(time.between(10, 40));
  for (let i = 0; i < events; i++) {
    const tenant = time.chance(0.5) ? 'small' : time.pick(TENANTS);
    const id = time.chance(0.6) ? chosenId(tenant, i) : null;
    const type = time.pick(TYPES);
    const at = time.between(0, BUSY_MS);
    const post = (after: number) => time.after(after, () => void world.post(tenant, type, id, `{"n":${i}}`));
    post(at);
    // A producer that repeats itself: at once, because it got impatient, or much later.
    if (id !== null && time.chance(0.4))
      post(time.chance(0.5) ? at + time.between(0, 300) : time.between(0, BUSY_MS));
  }
  const changes = Math.round(time.between(5, 25));
  for (let i = 0; i < changes; i++) time.after(time.between(0, BUSY_MS), () => changeSomething(world));
  planMeddling(world, BUSY_MS);
}

/** Some producers copy ids of our own form from elsewhere: those tell a time that is not their event's. */
function chosenId(tenant: string, i: number): string {
  return i % 4 === 3 ? newEventId(i * 60_000, seededRandom(i)) : `e-${tenant}-${i}`;
}

function subscribe(world: World, tenant: string, id: string): void {
  const { time } = world;
  const healthy = tenant === HEALTHY_TENANT;
  const subscription = simulatedSubscription({
    tenant,
    id,
    eventTypes: time.pick(INTERESTS),
    retrySchedule: time.pick(SCHEDULES),
    timeoutSeconds: time.pick([1, 5, 15]),
    rateLimit: healthy || time.chance(0.7) ? null : { perSecond: time.pick([1, 5]) },
  });
  world.subscriptions.write(tenant, id, subscription);
  if (!healthy && time.chance(0.5)) world.endpoints.setMood(subscription.url, time.pick(MOODS));
}

/** What users and endpoints do to a subscription in the meantime. */
type Change = (world: World, victim: Subscription) => void;

const CHANGES: readonly [Change, ...Change[]] = [
  by(pause),
  by(resume),
  by(remove),
  ({ endpoints, time }, { url }) => endpoints.setMood(url, time.pick(MOODS)),
  (world, { tenant }) =>
    subscribe(world, tenant, `sub_${tenant}_late_${Math.floor(world.time.between(0, 1e6))}`),
  (world, { tenant, id }) => void redrive(world, tenant, world.time.chance(0.5) ? id : null),
  by(rotate),
  by(mend),
  by(replace),
];

function by(deed: Deed): Change {
  return (world, victim) => void deed(world, victim);
}

function changeSomething(world: World): void {
  const living = [...world.subscriptions.histories.values()]
    .flatMap((history) => history.at(-1)?.subscription ?? [])
    .filter(({ tenant }) => tenant !== HEALTHY_TENANT && tenant !== INNOCENT_TENANT);
  const [victim, ...others] = living;
  if (victim) world.time.pick(CHANGES)(world, world.time.pick([victim, ...others]));
}

/** Starts a redrive of a tenant's dead letters, as often as it takes for the API to accept it. */
export async function redrive(world: World, tenant: string, subscription: string | null): Promise<void> {
  const task = newTask({ clock: world.time, random: world.time.random }, tenant, {
    kind: 'redrive',
    tenant,
    subscription,
    eventType: null,
    since: null,
    until: null,
    limit: null,
    ratePerSecond: 50,
    dryRun: false,
  });
  const send = async (messages: readonly OutgoingMessage[]): Promise<void> => {
    try {
      await world.queues.tasks.send(messages);
    } catch (error) {
      if (!(error instanceof QueueSendError)) throw error;
      await send(messages);
    }
  };
  await startTask({ tasks: world.tasks, queue: { send }, quotas: QUOTA }, task);
}
