import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveryLogMode } from '../../../contract/delivery-log.ts';
import type { After } from '../../../core/clock.ts';
import { foldDelivery } from '../../../core/delivery-fold.ts';
import { dispatchBatch } from '../../../core/dispatch/dispatch-batch.ts';
import { decodeDeadLetterMessage } from '../../../core/message.ts';
import type { ReceivedRecord } from '../../../core/queue.ts';
import { answer, DispatchWorld, received } from '../../support/dispatch-world.ts';
import type { FakeDeliveryLog } from '../../support/fake-delivery-log.ts';
import { fakeLogOf } from '../../support/fake-log-modes.ts';
import { subscription } from '../../support/subscription.ts';

/** What goes wrong with one call: it fails or kills the worker, before or after the work was done. */
const FAULTS = ['fails', 'fails although it worked', 'kills', 'kills although it worked'] as const;
type Fault = (typeof FAULTS)[number];

/** Strikes at the n-th call that dispatch makes to anything, endpoints included. */
class Striker {
  calls = 0;
  struck = false;
  #at = 0;
  #fault: Fault = 'fails';
  #death = Promise.withResolvers<'died'>();
  #worker = 0;
  readonly #dead = new Set<number>();

  arm(at: number, fault: Fault): void {
    this.calls = 0;
    this.struck = false;
    this.#at = at;
    this.#fault = fault;
  }

  /** Resolves when the worker that begins now is killed. */
  newWorker(): Promise<'died'> {
    this.#worker++;
    this.#death = Promise.withResolvers();
    return this.#death.promise;
  }

  async call<T>(worker: number, work: () => Promise<T>): Promise<T> {
    if (this.#dead.has(worker)) return new Promise(() => undefined);
    if (++this.calls !== this.#at) return work();
    this.struck = true;
    if (this.#fault.endsWith('it worked')) await work();
    if (this.#fault.startsWith('fails')) throw new Error('injected');
    this.#dead.add(worker);
    this.#death.resolve('died');
    return new Promise(() => undefined);
  }

  /** The same timer as this worker has it: it ends with the worker. */
  timer(after: After): After {
    const worker = this.#worker;
    return (ms, work) => after(ms, () => this.#dead.has(worker) || work());
  }

  /** The same object as this worker has it, with every asynchronous method of it in reach of the striker. */
  over<T extends object>(port: T): T {
    const worker = this.#worker;
    return new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => this.call(worker, async () => Reflect.apply(member, target, args));
      },
    });
  }
}

/** A world in which one call goes wrong. */
class FaultyWorld extends DispatchWorld {
  readonly striker = new Striker();
  override readonly log: FakeDeliveryLog;

  constructor(mode: DeliveryLogMode) {
    super();
    this.log = fakeLogOf(mode);
  }

  override deps() {
    const deps = super.deps();
    const over = <T extends object>(port: T): T => this.striker.over(port);
    return {
      ...deps,
      subscriptions: over(deps.subscriptions),
      destination: over(deps.destination),
      deliveryLog: over(deps.deliveryLog),
      parking: over(deps.parking),
      deadLetters: over(deps.deadLetters),
      deliveries: over(deps.deliveries),
      slowDeliveries: over(deps.slowDeliveries),
      deadLetterQueue: over(deps.deadLetterQueue),
      after: this.striker.timer(deps.after),
    };
  }

  /** One invocation. Whatever was not acknowledged comes again. */
  async invoke(records: readonly ReceivedRecord[]): Promise<readonly ReceivedRecord[]> {
    const death = this.striker.newWorker();
    const work = dispatchBatch(this.deps(), records, { remainingMs: () => 60_000 });
    const again = await Promise.race([death, work]);
    const left = records.filter(({ messageId }) => again === 'died' || again.has(messageId));
    return left.map((record) => ({ ...record, receiveCount: record.receiveCount + 1 }));
  }
}

const SUCCEEDS = 'sub_good';
const RECOVERS = 'sub_flaky';
const DIES = 'sub_bad';
const PARKS = 'sub_long';
const TARGETS = [SUCCEEDS, RECOVERS, DIES, PARKS];

async function peopled(mode: DeliveryLogMode): Promise<FaultyWorld> {
  const w = new FaultyWorld(mode);
  const schedules: Record<string, readonly number[]> = { [RECOVERS]: [1], [DIES]: [], [PARKS]: [3_600] };
  for (const id of TARGETS) {
    const url = `https://${id.replace('_', '-')}.example/hook`;
    await w.subscriptions.create(subscription({ id, url, retrySchedule: schedules[id] ?? [1] }));
  }
  w.respond = ({ url, headers }) => {
    if (url.includes('good')) return answer(200);
    if (url.includes('flaky')) return answer(headers['fanfare-attempt'] === '1' ? 500 : 200);
    return answer(500);
  };
  return w;
}

/** Works on a packed message, and on whatever follows from it, until nothing is left. */
async function toTheEnd(w: FaultyWorld): Promise<void> {
  let waiting: readonly ReceivedRecord[] = [received(TARGETS)];
  let taken = 0;
  for (let round = 0; waiting.length > 0; round++) {
    assert.ok(round < 20, 'it goes on and on');
    const left = await w.invoke(waiting);
    const next = w.deliveries.sent.slice(taken).map(({ body }, i) => ({
      messageId: `next-${taken + i}`,
      body,
      receiveCount: 1,
    }));
    taken = w.deliveries.sent.length;
    w.clock.advance(10_000);
    waiting = [...left, ...next];
  }
}

/** How often the endpoint of each subscription was asked for each attempt; the most of them. */
function mostRequests(w: FaultyWorld): number {
  const asked = Map.groupBy(w.requests, ({ url, headers }) => `${url} ${headers['fanfare-attempt']}`);
  return Math.max(...[...asked.values()].map((requests) => requests.length));
}

function endsWell(w: FaultyWorld, what: string): void {
  const status = (id: string) => foldDelivery(w.log.rows.filter((row) => row.subscription === id)).status;
  assert.equal(status(RECOVERS), 'succeeded', what);
  assert.equal(status(DIES), 'failed', what);
  assert.equal(status(PARKS), 'retrying', what);
  assert.equal(status(SUCCEEDS), 'succeeded', what);
  assert.equal(w.parking.size, 1, what);
  const letters = w.deadLetterQueue.sent.map(({ body }) => decodeDeadLetterMessage(body).header.targets[0]);
  assert.deepEqual([...new Set(letters)], [DIES], what);
  assert.ok(mostRequests(w) <= 2, `${what}: ${mostRequests(w)} requests for one attempt`);
}

async function callsOfACalmRun(mode: DeliveryLogMode): Promise<number> {
  const w = await peopled(mode);
  await toTheEnd(w);
  endsWell(w, 'calm');
  assert.equal(mostRequests(w), 1);
  return w.striker.calls;
}

for (const mode of ['full', 'packed'] as const) {
  for (const fault of FAULTS) {
    test(`${mode}: whichever call ${fault}, every target ends as it should and none is asked more than once again`, async () => {
      const calls = await callsOfACalmRun(mode);
      assert.ok(calls > 10, `${calls} calls`);
      for (let at = 1; at <= calls; at++) {
        const w = await peopled(mode);
        w.striker.arm(at, fault);
        await toTheEnd(w);
        assert.ok(w.striker.struck, `call ${at} was not made`);
        endsWell(w, `call ${at} ${fault}`);
      }
    });
  }
}
