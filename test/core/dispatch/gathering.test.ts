import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveryRow } from '../../../core/delivery.ts';
import { LOG_POLICIES, type LogPolicy } from '../../../core/dispatch/log-policy.ts';
import { answer, DispatchWorld, received } from '../../support/dispatch-world.ts';
import { FakeDeliveryLog } from '../../support/fake-delivery-log.ts';
import { fakeLogOf } from '../../support/fake-log-modes.ts';
import { subscription } from '../../support/subscription.ts';

const TARGETS = Array.from({ length: 40 }, (_, i) => `sub_${i}`);

/** Remembers how rows were written and how they were asked for. */
class WatchedLog extends FakeDeliveryLog {
  override readonly policy: LogPolicy;
  readonly writes: number[] = [];
  lookUps = 0;

  constructor(policy: LogPolicy) {
    super();
    this.policy = policy;
  }

  override async append(rows: readonly DeliveryRow[]): Promise<void> {
    this.writes.push(rows.length);
    return super.append(rows);
  }

  override async rowsOfEach(...asked: Parameters<FakeDeliveryLog['rowsOfEach']>) {
    this.lookUps++;
    return super.rowsOfEach(...asked);
  }
}

/** A world whose pauses never end: what is written must not wait for one. */
class WaitingWorld extends DispatchWorld {
  override readonly log: FakeDeliveryLog;

  constructor(log: FakeDeliveryLog) {
    super();
    this.log = log;
  }

  override deps() {
    return { ...super.deps(), pause: () => new Promise<void>(() => undefined) };
  }
}

async function people(w: DispatchWorld): Promise<void> {
  for (const id of TARGETS)
    await w.subscriptions.create(subscription({ id, url: `https://${id.slice(4)}.example/` }));
}

test('packed: the rows of a batch that end together are written together, and the last wait for nobody', async () => {
  const log = new WatchedLog(LOG_POLICIES.packed);
  const w = new WaitingWorld(log);
  await people(w);
  assert.deepEqual(
    await w.run([received(TARGETS), received(['sub_1', 'sub_2', 'gone'], { run: 'other' })]),
    [],
  );
  assert.deepEqual(log.writes, [43]);
});

test('full: rows are written as soon as one batch write is full, and the last wait for nobody', async () => {
  const log = new WatchedLog(LOG_POLICIES.full);
  const w = new WaitingWorld(log);
  await people(w);
  assert.deepEqual(await w.run([received(TARGETS)]), []);
  assert.deepEqual(log.writes, [25, 15]);
});

test('targets that too little time is left for hold nobody up', async () => {
  const log = new WatchedLog(LOG_POLICIES.packed);
  const w = new WaitingWorld(log);
  await w.subscriptions.create(subscription({ id: 'patient', timeoutSeconds: 30 }));
  await w.subscriptions.create(subscription({ id: 'quick', timeoutSeconds: 5 }));
  assert.deepEqual(await w.run([received(['quick', 'patient'])], 20_000), []);
  assert.deepEqual(log.writes, [1]);
  assert.deepEqual(w.next[0]?.targets, ['patient']);
});

test('a message that comes again is looked up once for all of its targets; a new one not at all', async () => {
  const log = new WatchedLog(LOG_POLICIES.full);
  const w = new WaitingWorld(log);
  await people(w);
  await w.run([received(TARGETS.slice(0, 30))]);
  assert.equal(log.lookUps, 0);
  await w.run([received(TARGETS, {}, 2)]);
  assert.equal(log.lookUps, 1);
  assert.equal(w.requests.length, 40);
});

test('a look-up that fails returns the message before anything is sent', async () => {
  const w = new WaitingWorld(new WatchedLog(LOG_POLICIES.full));
  await people(w);
  w.log.rowsOfEach = () => Promise.reject(new Error('the table is down'));
  assert.equal((await w.run([received(TARGETS, {}, 2)])).length, 1);
  assert.equal(w.requests.length, 0);
});

test('failures: one target that is stuck does not repeat those that have no row', async () => {
  const w = new WaitingWorld(fakeLogOf('failures'));
  await people(w);
  await w.subscriptions.create(
    subscription({ id: 'sick', url: 'https://sick.example/', retrySchedule: [3_600] }),
  );
  w.respond = ({ url }) => answer(url.includes('sick') ? 500 : 200);
  const park = w.parking.park.bind(w.parking);
  w.parking.park = () => Promise.reject(new Error('the table is down'));
  assert.deepEqual(await w.run([received([...TARGETS, 'sick'])]), []);
  assert.deepEqual(w.next[0]?.targets, ['sick']);
  assert.equal(w.requests.length, 41);

  w.parking.park = park;
  const again = w.deliveries.sent.map(({ body }) => ({ messageId: 'again', body, receiveCount: 1 }));
  assert.deepEqual(await w.run(again), []);
  assert.equal(w.requests.length, 41, 'what has a row is carried out, not made again');
  assert.equal(w.parking.size, 1);
});

test('packed: one target that is stuck returns the message, and the others are not made again', async () => {
  const w = new WaitingWorld(fakeLogOf('packed'));
  await people(w);
  await w.subscriptions.create(
    subscription({ id: 'sick', url: 'https://sick.example/', retrySchedule: [3_600] }),
  );
  w.respond = ({ url }) => answer(url.includes('sick') ? 500 : 200);
  const park = w.parking.park.bind(w.parking);
  w.parking.park = () => Promise.reject(new Error('the table is down'));
  assert.equal((await w.run([received([...TARGETS, 'sick'])])).length, 1);
  w.parking.park = park;
  assert.deepEqual(await w.run([received([...TARGETS, 'sick'], {}, 2)]), []);
  assert.equal(w.requests.length, 41);
  assert.equal(w.parking.size, 1);
});
