import { CachedSubscriptions } from '../../core/dispatch/cached-subscriptions.ts';
import { Care } from '../../core/dispatch/care.ts';
import { dispatchBatch } from '../../core/dispatch/dispatch-batch.ts';
import { PaceGate } from '../../core/dispatch/pace-gate.ts';
import type { OutgoingRequest } from '../../core/dispatch/ports.ts';
import { SOCKETS, SocketSlots } from '../../core/dispatch/socket-slots.ts';
import { UnloggedRows } from '../../core/dispatch/unlogged-rows.ts';
import { KnownTypes } from '../../core/event-types/known-types.ts';
import { postEvents } from '../../core/ingest/post-events.ts';
import { KeyLimits } from '../../core/key-limits.ts';
import type { Log } from '../../core/log.ts';
import { noMeter } from '../../core/meter.ts';
import { OperationalEvents } from '../../core/operational-events.ts';
import type { MessageQueue } from '../../core/queue.ts';
import { workOnTask } from '../../core/redrive/work-on-task.ts';
import { sweep } from '../../core/retry/sweep.ts';
import { untimed } from '../support/clock.ts';
import { FakeDeadLetters } from '../support/dead-letters.ts';
import type { FakeDeliveryLog } from '../support/fake-delivery-log.ts';
import { FakeEventStore } from '../support/fake-event-store.ts';
import { FakeEventTypes } from '../support/fake-event-types.ts';
import { FakeHealth } from '../support/fake-health.ts';
import { silentLog } from '../support/fake-log.ts';
import { FakeTasks } from '../support/fake-tasks.ts';
import { SimulatedEndpoints } from './endpoints.ts';
import { fanOutEnvironment } from './fan-out-environment.ts';
import { type Environment, SimulatedMapping } from './mapping.ts';
import { inboxOn, lettersOn, type QueueManners, SimulatedQueue } from './queue.ts';
import { StaleParkingLot } from './stale-parking-lot.ts';
import { SimulatedSubscriptions } from './subscriptions.ts';
import type { VirtualTime } from './virtual-time.ts';
import { currentWorker, type Faults, isBug, through, Worker } from './worker.ts';

/** An event that was answered with 202. */
export interface AcceptedEvent {
  readonly tenant: string;
  readonly id: string;
  readonly type: string;
  readonly acceptedAt: number;
}

/** Everything Fanfare is made of, in virtual time: the real core between simulated services. */
export class World {
  readonly time: VirtualTime;
  readonly queues: {
    readonly events: SimulatedQueue;
    readonly deliveries: SimulatedQueue;
    readonly slowDeliveries: SimulatedQueue;
    readonly tasks: SimulatedQueue;
    readonly deadLetters: SimulatedQueue;
  };
  readonly subscriptions: SimulatedSubscriptions;
  readonly endpoints: SimulatedEndpoints;
  readonly log: FakeDeliveryLog;
  readonly parking: StaleParkingLot;
  readonly deadLetters = new FakeDeadLetters();
  /** Its users begin as many tasks as they like. */
  readonly tasks = Object.assign(new FakeTasks(), {
    quotas: { openTasksPerTenant: Number.MAX_SAFE_INTEGER },
  });
  readonly health: FakeHealth;
  readonly events: FakeEventStore;
  readonly accepted: AcceptedEvent[] = [];
  /** When fan-out last took hold of an event, by tenant and id. */
  readonly ownedAt = new Map<string, number>();
  /** Workers that died, and what they were working on. */
  readonly deaths: { readonly at: number; readonly during: string }[] = [];
  readonly errors: string[] = [];
  readonly mappings: readonly SimulatedMapping[];
  /** Now and then replaced: a calm world has no faults. */
  faults: Faults;
  /** Requests of one delivery that crashes and duplicates may repeat; none in a calm world. */
  readonly mostRepeats: number;
  /** Producers that still wait for an answer. */
  posting = 0;
  readonly #log: Log;
  #requests = 0;

  constructor(
    time: VirtualTime,
    faults: Faults,
    manners: QueueManners,
    staleMs: number,
    log: FakeDeliveryLog,
  ) {
    this.time = time;
    this.log = log;
    this.parking = new StaleParkingLot(time, staleMs);
    this.mostRepeats = manners.duplicate === 0 ? 0 : 10;
    this.faults = faults;
    const queue = (name: string, visibilityMs: number, receives?: number) =>
      new SimulatedQueue(name, time, manners, visibilityMs, receives);
    this.queues = {
      events: queue('events', 360_000, 20),
      deliveries: queue('deliveries', 360_000, 20),
      slowDeliveries: queue('slow-deliveries', 360_000, 20),
      tasks: queue('tasks', 360_000, 20),
      deadLetters: queue('dead-letters', 30_000),
    };
    this.subscriptions = new SimulatedSubscriptions(time);
    this.health = new FakeHealth(this.subscriptions);
    this.endpoints = new SimulatedEndpoints(time);
    this.events = new FakeEventStore(time);
    this.#log = {
      ...silentLog,
      error: (event, _fields, cause) => {
        if (isBug(cause)) this.errors.push(`${event}: ${String(cause)}`);
      },
    };
    const options = { batchSize: 10, concurrency: 4, timeoutMs: 60_000 };
    const map = (from: SimulatedQueue, open: () => Environment, batchSize = 10) =>
      new SimulatedMapping(
        time,
        from,
        { ...options, batchSize },
        () => this.faults,
        open,
        (during) => this.deaths.push({ at: time.now(), during }),
      );
    this.mappings = [
      map(this.queues.events, () => fanOutEnvironment(this, this.#log)),
      map(this.queues.deliveries, () => this.#dispatch(this.queues.deliveries)),
      map(this.queues.slowDeliveries, () => this.#dispatch(this.queues.slowDeliveries)),
      map(this.queues.tasks, () => this.#redrive(), 1),
    ];
  }

  get crashes(): number {
    return this.deaths.length;
  }

  get duplicates(): number {
    return Object.values(this.queues).reduce((sum, queue) => sum + queue.duplicates, 0);
  }

  /** Posts an event as a producer would: again with the same id until it is answered, if it has one. */
  async post(tenant: string, type: string, id: string | null, data: string): Promise<void> {
    const body = `{"type":"${type}","tenant":"${tenant}"${id === null ? '' : `,"id":"${id}"`},"data":${data}}`;
    this.posting++;
    for (let attempt = 0; attempt < (id === null ? 1 : 50); attempt++) {
      const answer = await this.#ingest(body);
      if (answer !== null) this.accepted.push({ tenant, type, ...answer });
      if (answer !== null) break;
      await this.time.sleep(this.time.between(500, 5_000));
    }
    this.posting--;
  }

  async #ingest(body: string): Promise<{ id: string; acceptedAt: number } | null> {
    const died = Promise.withResolvers<null>();
    const worker = new Worker(this.time, this.faults, 10_000, () => died.resolve(null));
    const call = through(() => worker, { claim: this.events.claim.bind(this.events) });
    const work = postEvents(
      {
        claims: call,
        queue: this.#port(() => worker, this.queues.events),
        operational: this.#operational(() => worker),
        types: new KnownTypes(new FakeEventTypes(), this.time, this.#log),
        limits: new KeyLimits({ perSecond: 1_000, burst: 1_000 }, this.time),
        clock: this.time,
        random: this.time.random,
        log: this.#log,
        meter: noMeter,
      },
      {
        caller: { keyId: 'key', scopes: ['admin'], tenant: null, expiresAt: null },
        contentType: 'application/json',
        contentEncoding: undefined,
        idempotencyKey: undefined,
        headers: {},
        body: Buffer.from(body),
        requestId: `req-${this.#requests++}`,
      },
    ).then(
      (answer) => {
        worker.finish();
        if (answer.status !== 202 || 'results' in answer.body) return null;
        return { id: answer.body.id, acceptedAt: Date.parse(answer.body.acceptedAt) };
      },
      () => null,
    );
    return Promise.race([died.promise, work]);
  }

  #dispatch(queue: SimulatedQueue): Environment {
    const current = currentWorker();
    const subscriptions = new CachedSubscriptions(through(current.of, this.subscriptions), this.time);
    const health = through(current.of, this.health);
    const operational = this.#operational(current.of);
    const care = new Care({
      health,
      pace: new PaceGate({ pace: health, clock: this.time, pause: current.pause }),
      switch: through(current.of, this.subscriptions),
      copies: subscriptions,
      operational,
      clock: this.time,
      random: this.time.random,
      pause: current.pause,
      log: this.#log,
      meter: noMeter,
    });
    const deps = {
      subscriptions,
      care,
      operational,
      destination: {
        send: (request: OutgoingRequest) => this.endpoints.seenBy(current.of()).send(request),
      },
      slots: new SocketSlots(SOCKETS),
      deliveryLog: through(current.of, this.log),
      unlogged: new UnloggedRows(),
      parking: through(current.of, this.parking),
      deadLetters: through(current.of, this.deadLetters),
      deliveries: this.#port(current.of, this.queues.deliveries),
      slowDeliveries: this.#port(current.of, this.queues.slowDeliveries),
      deadLetterQueue: this.#port(current.of, this.queues.deadLetters),
      clock: this.time,
      random: this.time.random,
      pause: current.pause,
      after: current.after,
      version: '0',
      log: this.#log,
      meter: noMeter,
    };
    return {
      work: (by, records) =>
        current.run(by, () => {
          const inbox = through(current.of, inboxOn(queue, this.time));
          return dispatchBatch(deps, records, { remainingMs: () => by.remainingMs() }, inbox);
        }),
    };
  }

  #redrive(): Environment {
    const current = currentWorker();
    const deps = {
      tasks: through(current.of, this.tasks),
      letters: through(current.of, lettersOn(this.queues.deadLetters)),
      index: through(current.of, this.deadLetters),
      events: through(current.of, this.events),
      subscriptions: through(current.of, this.subscriptions),
      deliveryLog: through(current.of, this.log),
      deliveries: this.#port(current.of, this.queues.deliveries),
      taskQueue: this.#port(current.of, this.queues.tasks),
      operational: this.#operational(current.of),
      clock: this.time,
      after: untimed,
      log: this.#log,
      meter: noMeter,
    };
    return {
      work: (by, records) =>
        current.run(by, async () => {
          for (const { body } of records)
            await workOnTask(deps, body, { remainingMs: () => by.remainingMs() });
          return new Set<string>();
        }),
    };
  }

  /** One run of the minute's schedule. */
  async sweep(): Promise<void> {
    const died = Promise.withResolvers<void>();
    const by = new Worker(this.time, this.faults, 55_000, () => {
      this.deaths.push({ at: this.time.now(), during: 'sweep' });
      died.resolve();
    });
    const of = () => by;
    const deps = {
      due: through(of, this.parking),
      events: through(of, this.events),
      deliveries: this.#port(of, this.queues.deliveries),
      deliveryLog: through(of, this.log),
      deadLetters: through(of, this.deadLetters),
      deadLetterQueue: this.#port(of, this.queues.deadLetters),
      clock: this.time,
      log: this.#log,
      meter: noMeter,
    };
    const end = (): void => by.finish();
    await Promise.race([died.promise, sweep(deps, { remainingMs: () => by.remainingMs() }).then(end, end)]);
  }

  #operational(of: () => Worker): OperationalEvents {
    return new OperationalEvents({
      queue: this.#port(of, this.queues.events),
      clock: this.time,
      log: this.#log,
    });
  }

  /** A queue as a worker reaches it: only sending counts as a call. */
  #port(of: () => Worker, queue: SimulatedQueue): MessageQueue {
    return through(of, { send: queue.send.bind(queue) });
  }
}
