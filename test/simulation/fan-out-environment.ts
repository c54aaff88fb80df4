import type { EventRecord } from '../../core/event.ts';
import { fanOutBatch } from '../../core/fan-out/fan-out-batch.ts';
import { SubscriptionLists } from '../../core/fan-out/subscription-lists.ts';
import type { Log } from '../../core/log.ts';
import { noMeter } from '../../core/meter.ts';
import type { Environment } from './mapping.ts';
import type { SimulatedQueue } from './queue.ts';
import { currentWorker, through } from './worker.ts';
import type { World } from './world.ts';

/** Fan-out has so little time that it can't lead an event past more than a few subscriptions. */
const HURRY_MS = 38_500;

/** An environment of fan-out in this world. */
export function fanOutEnvironment(world: World, log: Log): Environment {
  const { of, run } = currentWorker();
  const { time, events, queues } = world;
  const clock = world.clock();
  const port = (queue: SimulatedQueue) => through(of, { send: queue.send.bind(queue) });
  const deps = {
    subscriptions: new SubscriptionLists(through(of, world.subscriptions), log, clock, 1e6),
    records: through(of, {
      own: (record: EventRecord) => {
        world.ownedAt.set(`${record.tenant}\n${record.id}`, time.now());
        return events.own(record);
      },
      recount: events.recount.bind(events),
    }),
    claims: through(of, { claim: events.claim.bind(events) }),
    started: through(of, world.log),
    queue: port(queues.deliveries),
    slowQueue: port(queues.slowDeliveries),
    events: port(queues.events),
    pause: (ms: number) => of().wait(ms),
    clock,
    log,
    meter: noMeter,
  };
  const { acknowledge } = through(of, {
    acknowledge: async (ids: readonly string[]) => queues.events.delete(ids),
  });
  return {
    work: (by, records) =>
      run(by, () =>
        fanOutBatch(deps, records, { remainingMs: () => by.remainingMs() - HURRY_MS, acknowledge }),
      ),
  };
}
