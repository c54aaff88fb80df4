import type { DeadLetterMessage, DeliveryMessage } from '../../contract/messages.ts';
import { deliveryId } from '../../core/id.ts';
import { decodeDeliveryMessage, encodeMessage } from '../../core/message.ts';
import { OperationalEvents } from '../../core/operational-events.ts';
import type { RedriveDeps } from '../../core/redrive/work-on-task.ts';
import type { RedriveRequest, Task } from '../../core/task.ts';
import { createRedrive } from '../../lambdas/redrive.ts';
import { FakeClock, untimed } from './clock.ts';
import { FakeDeadLetters } from './dead-letters.ts';
import { deadLetter, eventEnvelope } from './delivery-messages.ts';
import { FakeDeadLetterQueue } from './fake-dead-letter-queue.ts';
import { FakeDeliveryLog } from './fake-delivery-log.ts';
import { FakeEventStore } from './fake-event-store.ts';
import { FakeLog } from './fake-log.ts';
import { FakeMeter } from './fake-meter.ts';
import { FakeQueue } from './fake-queue.ts';
import { FakeSubscriptionDirectory } from './fake-subscription-directory.ts';
import { FakeSubscriptions } from './fake-subscriptions.ts';
import { FakeTasks } from './fake-tasks.ts';
import { sqsRecord } from './fan-out-bench.ts';
import { lambdaContext } from './http-event.ts';
import { redriveTask } from './redrive-task.ts';

/** When the tests' tasks are created: a day after the letters of `deadLetter` died. */
const NOW = Date.UTC(2026, 0, 6);

/** The real redrive handler over fakes, or over what is given in their place. */
export function redriveBench(parts: Partial<RedriveDeps> = {}) {
  const clock = new FakeClock(NOW);
  const letters = new FakeDeadLetterQueue(clock);
  const index = new FakeDeadLetters();
  const directory = new FakeSubscriptionDirectory();
  const deliveryLog = new FakeDeliveryLog();
  const events = new FakeEventStore(clock);
  const subscriptions = new FakeSubscriptions();
  const queue = new FakeQueue();
  const taskQueue = new FakeQueue();
  const eventsQueue = new FakeQueue();
  const tasks = new FakeTasks();
  const log = new FakeLog();
  const meter = new FakeMeter();
  const existing = async (_tenant: string, ids: readonly string[]): Promise<ReadonlySet<string>> =>
    new Set(ids.filter((id) => !bench.gone.has(id)));
  const deps: RedriveDeps = {
    tasks,
    letters,
    index,
    events,
    subscriptions: { existing, find: subscriptions.find.bind(subscriptions) },
    deliveryLog,
    deliveries: queue,
    taskQueue,
    clock,
    after: untimed,
    log,
    meter,
    operational: new OperationalEvents({ queue: eventsQueue, clock, log }),
    ...parts,
  };
  const handler = createRedrive(deps);
  const sentAt: number[] = [];
  const send = queue.send.bind(queue);
  queue.send = async (messages) => {
    const before = queue.sent.length;
    try {
      await send(messages);
    } finally {
      for (const { delaySeconds = 0 } of queue.sent.slice(before)) {
        sentAt.push(clock.now() + delaySeconds * 1000);
      }
    }
  };
  const bench = {
    clock,
    letters,
    index,
    directory,
    deliveryLog,
    /** The event store. */
    store: events,
    subscriptions,
    queue,
    taskQueue,
    /** The queue `events`. */
    eventsQueue,
    tasks,
    log,
    meter,
    deps,
    /** When each delivery sent may be received, in epoch milliseconds. */
    sentAt,
    /** Subscriptions that were deleted. */
    gone: new Set<string>(),
    /** A delivery dies: first its record, then its letter, as dispatch does it. */
    async die(event: string, fields: Partial<DeadLetterMessage> = {}, data = dataOf(event)): Promise<string> {
      const letter = deadLetter({ event: eventEnvelope({ id: event }), ...fields });
      const delivery = deliveryId(letter.event, letter.targets[0] ?? '');
      await index.record(letter, delivery);
      letters.put(encodeMessage(letter, data));
      return delivery;
    },
    /** Creates a task. */
    async start(request: Partial<RedriveRequest> = {}, id = 'tsk_1'): Promise<void> {
      await tasks.create(redriveTask(request, { id, createdAt: clock.now() }));
    },
    /** Hands one task message over; answers the ids that come again. */
    async receive(id = 'tsk_1', remainingMs = 60_000): Promise<readonly string[]> {
      const body = encodeMessage({ v: 1, task: id }, '');
      const answer = await handler({ Records: [sqsRecord(body, id)] }, lambdaContext(remainingMs));
      if (!('batchItemFailures' in answer)) throw new Error('no partial batch response');
      return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    },
    /** Starts a task if there is none, and hands its messages over until there is none left. */
    async redrive(request: Partial<RedriveRequest> = {}, id = 'tsk_1'): Promise<Task> {
      if ((await tasks.get(id)) === null) await bench.start(request, id);
      let due = [0];
      for (let round = 0; due.length > 0; round++) {
        if (round === 500) throw new Error('the task goes on for ever');
        clock.advance(Math.max(...due) * 1000);
        const before = taskQueue.sent.length;
        if ((await bench.receive(id)).length > 0) throw new Error('the task failed');
        due = taskQueue.sent.slice(before).map(({ delaySeconds = 0 }) => delaySeconds);
      }
      const task = await tasks.get(id);
      if (task === null) throw new Error('the task is gone');
      return task;
    },
    /** Delivery messages sent, taken apart. */
    sent: (): readonly { readonly header: DeliveryMessage; readonly data: string }[] =>
      queue.bodies.map(decodeDeliveryMessage),
    /** Events of the deliveries sent. */
    events: (): readonly string[] => bench.sent().map(({ header }) => header.event.id),
    /** Deliveries of a tenant on record as dead. */
    async dead(tenant = 'acme'): Promise<readonly string[]> {
      const pages = await Array.fromAsync(index.entries(tenant, null));
      return pages.flat().map((entry) => entry.event);
    },
  };
  return bench;
}

/** The data of an event in the tests. */
export function dataOf(event: string): string {
  return `{ "event":"${event}", "n":1.0 }`;
}
