import type { Clock } from '../../core/clock.ts';
import type { DeliveryRow } from '../../core/delivery.ts';
import { CachedSubscriptions } from '../../core/dispatch/cached-subscriptions.ts';
import { Care } from '../../core/dispatch/care.ts';
import { dispatchBatch } from '../../core/dispatch/dispatch-batch.ts';
import { PaceGate } from '../../core/dispatch/pace-gate.ts';
import type { OutgoingRequest } from '../../core/dispatch/ports.ts';
import { type SlotLimits, SOCKETS, SocketSlots } from '../../core/dispatch/socket-slots.ts';
import { UnloggedRows } from '../../core/dispatch/unlogged-rows.ts';
import { KnownTypes } from '../../core/event-types/known-types.ts';
import { postEvents } from '../../core/ingest/post-events.ts';
import { KeyLimits } from '../../core/key-limits.ts';
import type { Log } from '../../core/log.ts';
import { noMeter } from '../../core/meter.ts';
import { OperationalEvents } from '../../core/operational-events.ts';
import type { MessageQueue } from '../../core/queue.ts';
import { sweep } from '../../core/retry/sweep.ts';
import { FakeDeadLetters } from '../support/dead-letters.ts';
import type { FakeDeliveryLog } from '../support/fake-delivery-log.ts';
import { FakeEventStore } from '../support/fake-event-store.ts';
import { FakeEventTypes } from '../support/fake-event-types.ts';
import { FakeHealth } from '../support/fake-health.ts';
import { silentLog } from '../support/fake-log.ts';
import { FakeTasks } from '../support/fake-tasks.ts';
import { FakeParkingLot } from '../support/parking-lot.ts';
import { SimulatedEndpoints } from './endpoints.ts';
import { fanOutEnvironment } from './fan-out-environment.ts';
import { type Environment, SimulatedMapping } from './mapping.ts';
import { inboxOn, type QueueManners, SimulatedQueue } from './queue.ts';
import { redriveEnvironment } from './redrive-environment.ts';
import { Sightings } from './sightings.ts';
import { SimulatedSubscriptions } from './subscriptions.ts';
import type { VirtualTime } from './virtual-time.ts';
import { currentWorker, type Faults, isBug, ServiceFault, through, Worker } from './worker.ts';

/** An event that was answered with 202. */
export interface AcceptedEvent {
  readonly tenant: string;
  readonly id: string;
  readonly type: string;
  /** When the request for it began that was the first, by the true time. */
  readonly acceptedAt: number;
}

/** A row of the log, and when it was written, by the true time. */
export interface WrittenRow {
  readonly at: number;
  readonly row: DeliveryRow;
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
  readonly parking = new FakeParkingLot();
  readonly deadLetters = new FakeDeadLetters();
  /** Its users begin as many tasks as they like. */
  readonly tasks = Object.assign(new FakeTasks(), {
    quotas: { openTasksPerTenant: Number.MAX_SAFE_INTEGER },
  });
  readonly health: FakeHealth;
  readonly events: FakeEventStore;
  readonly accepted: AcceptedEvent[] = [];
  /** Every row the log took, in order. */
  readonly journal: WrittenRow[] = [];
  /** When fan-out last took hold of an event, by tenant and id. */
  readonly ownedAt = new Map<string, number>();
  /** Workers that died, and what they were working on. */
  readonly deaths: { readonly at: number; readonly during: string }[] = [];
  readonly errors: string[] = [];
  readonly sightings: Sightings;
  /** Subscriptions of which something could not be learnt or asked, by tenant and id. */
  readonly unlearnt = new Set<string>();
  readonly mappings: readonly SimulatedMapping[];
  /** Now and then replaced: a calm world has no faults. */
  faults: Faults;
  /** Requests of one delivery that crashes and duplicates may repeat; none in a calm world. */
  readonly mostRepeats: number;
  /** How much of what is written the log refuses. */
  logRefuses = 0;
  /** How many sockets an environment may open. */
  sockets: SlotLimits = SOCKETS;
  /** How far clocks differ from the true time, at most. */
  readonly skewMs: number;
  /** Producers that still wait for an answer. */
  posting = 0;
  /** By tenant and chosen id: when an event was first posted. */
  readonly #firstPosts = new Map<string, number>();
  /** One environment sweeps as long as it lives. */
  #sweepClock: Clock | null = null;
  readonly #log: Log;
  #requests = 0;

  constructor(
    time: VirtualTime,
    faults: Faults,
    manners: QueueManners,
    skewMs: number,
    log: FakeDeliveryLog,
  ) {
    this.time = time;
    this.log = log;
    this.skewMs = skewMs;
    const append = log.append.bind(log);
    log.append = async (rows) => {
      if (time.chance(this.logRefuses)) throw new ServiceFault('throttled');
      await append(rows);
      this.journal.push(...rows.map((row) => ({ at: time.now(), row })));
    };
    // A fan-out and a move to the slow lane whose workers died, each of their messages handed out twice.
    this.mostRepeats = manners.duplicate === 0 ? 0 : 16;
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
    this.sightings = new Sightings(time);
    this.subscriptions = new SimulatedSubscriptions(time, this.sightings);
    this.health = this.sightings.ofHealth(new FakeHealth(this.subscriptions), this.subscriptions);
    this.endpoints = new SimulatedEndpoints(time);
    this.events = new FakeEventStore(time);
    this.#log = {
      ...silentLog,
      error: (event, { tenant, subscriptionId }, cause) => {
        if (event === 'dispatch.health-failed') this.unlearnt.add(`${tenant}\n${subscriptionId}`);
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
      map(this.queues.tasks, () => redriveEnvironment(this, this.#log), 1),
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
      const began = this.time.now();
      const first = id === null ? began : (this.#firstPosts.get(`${tenant}\n${id}`) ?? began);
      if (id !== null) this.#firstPosts.set(`${tenant}\n${id}`, first);
      const answered = await this.#ingest(body);
      if (answered !== null) this.accepted.push({ tenant, type, id: answered, acceptedAt: first });
      if (answered !== null) break;
      await this.time.sleep(this.time.between(500, 5_000));
    }
    this.posting--;
  }

  async #ingest(body: string): Promise<string | null> {
    const clock = this.clock();
    const died = Promise.withResolvers<null>();
    const worker = new Worker(this.time, this.faults, 10_000, () => died.resolve(null));
    const call = through(() => worker, { claim: this.events.claim.bind(this.events) });
    const work = postEvents(
      {
        claims: call,
        queue: this.#port(() => worker, this.queues.events),
        operational: this.#operational(() => worker, clock),
        types: new KnownTypes(new FakeEventTypes(), clock, this.#log),
        limits: new KeyLimits({ perSecond: 1_000, burst: 1_000 }, clock),
        clock,
        random: this.time.random,
        log: this.#log,
        meter: noMeter,
      },
      {
        caller: { keyId: 'key', scopes: ['admin'], tenant: null, lineage: [], expiresAt: null },
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
        return answer.body.id;
      },
      () => null,
    );
    return Promise.race([died.promise, work]);
  }

  #dispatch(queue: SimulatedQueue): Environment {
    const current = currentWorker();
    const clock = this.clock();
    const subscriptions = new CachedSubscriptions(through(current.of, this.subscriptions), clock);
    const health = through(current.of, this.health);
    const operational = this.#operational(current.of, clock);
    const care = this.sightings.ofCare(
      new Care({
        health,
        pace: new PaceGate({ pace: health, clock, pause: current.pause }),
        switch: through(current.of, this.subscriptions),
        copies: subscriptions,
        operational,
        clock,
        random: this.time.random,
        pause: current.pause,
        log: this.#log,
        meter: noMeter,
      }),
    );
    const deps = {
      subscriptions,
      care,
      operational,
      destination: {
        send: (request: OutgoingRequest) => this.endpoints.seenBy(current.of()).send(request),
      },
      slots: new SocketSlots(this.sockets),
      deliveryLog: through(current.of, this.log),
      unlogged: new UnloggedRows(),
      parking: through(current.of, this.parking),
      deadLetters: through(current.of, this.deadLetters),
      deliveries: this.#port(current.of, this.queues.deliveries),
      slowDeliveries: this.#port(current.of, this.queues.slowDeliveries),
      deadLetterQueue: this.#port(current.of, this.queues.deadLetters),
      clock,
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

  /** One run of the minute's schedule. */
  async sweep(): Promise<void> {
    const died = Promise.withResolvers<void>();
    const by = new Worker(this.time, this.faults, 55_000, () => {
      this.deaths.push({ at: this.time.now(), during: 'sweep' });
      this.#sweepClock = null;
      died.resolve();
    });
    const of = () => by;
    const clock = this.#sweepClock ?? this.clock();
    this.#sweepClock = clock;
    const deps = {
      due: through(of, this.parking),
      events: through(of, this.events),
      deliveries: this.#port(of, this.queues.deliveries),
      deliveryLog: through(of, this.log),
      deadLetters: through(of, this.deadLetters),
      deadLetterQueue: this.#port(of, this.queues.deadLetters),
      clock,
      log: this.#log,
      meter: noMeter,
    };
    const end = (): void => by.finish();
    await Promise.race([died.promise, sweep(deps, { remainingMs: () => by.remainingMs() }).then(end, end)]);
  }

  /** A clock of one environment: it may be wrong, always by as much. */
  clock(): Clock {
    const wrongBy = this.skewMs === 0 ? 0 : this.time.between(-this.skewMs, this.skewMs);
    return { now: () => this.time.now() + wrongBy };
  }

  #operational(of: () => Worker, clock: Clock): OperationalEvents {
    return new OperationalEvents({
      queue: this.#port(of, this.queues.events),
      clock,
      log: this.#log,
    });
  }

  /** A queue as a worker reaches it: only sending counts as a call. */
  #port(of: () => Worker, queue: SimulatedQueue): MessageQueue {
    return through(of, { send: queue.send.bind(queue) });
  }
}
