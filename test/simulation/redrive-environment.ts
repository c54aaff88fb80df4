import type { Log } from '../../core/log.ts';
import { noMeter } from '../../core/meter.ts';
import { OperationalEvents } from '../../core/operational-events.ts';
import { workOnTask } from '../../core/redrive/work-on-task.ts';
import { untimed } from '../support/clock.ts';
import type { Environment } from './mapping.ts';
import { lettersOn, type SimulatedQueue } from './queue.ts';
import { currentWorker, through } from './worker.ts';
import type { World } from './world.ts';

/** An environment of redrive in this world. */
export function redriveEnvironment(world: World, log: Log): Environment {
  const { of, run } = currentWorker();
  const { queues } = world;
  const clock = world.clock();
  const port = (queue: SimulatedQueue) => through(of, { send: queue.send.bind(queue) });
  const deps = {
    tasks: through(of, world.tasks),
    letters: through(of, lettersOn(queues.deadLetters)),
    index: through(of, world.deadLetters),
    events: through(of, world.events),
    subscriptions: through(of, world.subscriptions),
    deliveryLog: through(of, world.log),
    deliveries: port(queues.deliveries),
    taskQueue: port(queues.tasks),
    operational: new OperationalEvents({ queue: port(queues.events), clock, log }),
    clock,
    after: untimed,
    log,
    meter: noMeter,
  };
  return {
    work: (by, records) =>
      run(by, async () => {
        for (const { body } of records) await workOnTask(deps, body, { remainingMs: () => by.remainingMs() });
        return new Set<string>();
      }),
  };
}
