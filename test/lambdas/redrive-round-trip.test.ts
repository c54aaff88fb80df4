import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { foldDeliveries, foldDelivery } from '../../core/delivery-fold.ts';
import type { OutgoingRequest } from '../../core/dispatch/ports.ts';
import { encodeMessage } from '../../core/message.ts';
import type { Task } from '../../core/task.ts';
import { createRedrive } from '../../lambdas/redrive.ts';
import { untimed } from '../support/clock.ts';
import { eventEnvelope } from '../support/delivery-messages.ts';
import { answer, DispatchWorld, received } from '../support/dispatch-world.ts';
import { FakeDeadLetterQueue } from '../support/fake-dead-letter-queue.ts';
import { FakeEventStore } from '../support/fake-event-store.ts';
import { FakeMeter } from '../support/fake-meter.ts';
import { FakeQueue } from '../support/fake-queue.ts';
import { FakeTasks } from '../support/fake-tasks.ts';
import { sqsRecord } from '../support/fan-out-bench.ts';
import { lambdaContext } from '../support/http-event.ts';
import { redriveTask } from '../support/redrive-task.ts';
import { subscription } from '../support/subscription.ts';

/** Dispatch and redrive over the same queues and tables. */
class Pipeline extends DispatchWorld {
  readonly #letters = new FakeDeadLetterQueue(this.clock);
  readonly #tasks = new FakeTasks();
  #moved = 0;
  #handled = 0;

  /** Hands every message on `deliveries` to dispatch until there is none. */
  async settle(): Promise<void> {
    while (this.#handled < this.deliveries.sent.length) {
      const messages = this.deliveries.sent.slice(this.#handled);
      this.#handled = this.deliveries.sent.length;
      this.clock.advance(Math.max(...messages.map(({ delaySeconds = 0 }) => delaySeconds)) * 1000);
      const records = messages.map(({ body }, i) => ({ messageId: `m${i}`, body, receiveCount: 1 }));
      assert.deepEqual(await this.run(records), []);
    }
    for (const body of this.deadLetterQueue.bodies.slice(this.#moved)) this.#letters.put(body);
    this.#moved = this.deadLetterQueue.sent.length;
  }

  async redrive(id: string): Promise<Task | null> {
    this.clock.advance(1_000);
    await this.#tasks.create(redriveTask({}, { id, createdAt: this.clock.now() }));
    const handler = createRedrive({
      tasks: this.#tasks,
      letters: this.#letters,
      index: this.deadLetters,
      events: new FakeEventStore(this.clock),
      subscriptions: this.subscriptions,
      deliveryLog: this.log,
      deliveries: this.deliveries,
      taskQueue: new FakeQueue(),
      operational: this.deps().operational,
      clock: this.clock,
      after: untimed,
      log: this.lines,
      meter: new FakeMeter(),
    });
    const body = encodeMessage({ v: 1, task: id }, '');
    await handler({ Records: [sqsRecord(body, id)] }, lambdaContext(60_000));
    return this.#tasks.get(id);
  }

  /** Statuses of all deliveries, by event. */
  async statuses(): Promise<Readonly<Record<string, string>>> {
    const byDelivery = Map.groupBy(this.log.rows, (row) => row.delivery);
    async function* pages() {
      for (const rows of byDelivery.values()) yield rows;
    }
    const folded = (await Array.fromAsync(foldDeliveries(pages()))).flat();
    return Object.fromEntries(folded.map(({ event, status }) => [event, status]));
  }
}

const idOf = ({ headers }: OutgoingRequest): string => headers['webhook-id'] ?? '';

test('C050: a redriven request has the same id and body, a new timestamp and signature, and one history', async () => {
  const w = new Pipeline();
  const { secrets } = await createSubscription(w, { retrySchedule: [1] });
  w.respond = () => answer(500);
  await w.run([received(['sub_1'])]);
  await w.settle();
  assert.equal(w.requests.length, 2);
  w.respond = () => answer(200);
  assert.equal((await w.redrive('tsk_1'))?.sent, 1);
  await w.settle();
  const [first, , again, ...others] = w.requests;
  assert.ok(first && again);
  assert.deepEqual([idOf(again), others], [idOf(first), []]);
  assert.deepEqual(again.body, first.body);
  assert.equal(again.headers['fanfare-delivery'], first.headers['fanfare-delivery']);
  assert.equal(again.headers['fanfare-attempt'], '3');
  assert.notEqual(again.headers['webhook-timestamp'], first.headers['webhook-timestamp']);
  assert.notEqual(again.headers['webhook-signature'], first.headers['webhook-signature']);
  const sentAt = new Date(Number(again.headers['webhook-timestamp']) * 1000);
  const judge = new Webhook(secrets[0]?.secret ?? '');
  assert.equal(again.headers['webhook-signature'], judge.sign(idOf(again), sentAt, again.body.toString()));
  assert.deepEqual(await w.statuses(), { evt_1: 'succeeded' });
  assert.equal(new Set(w.log.rows.map((row) => row.delivery)).size, 1);
});

test('C049: of ten deliveries, six delivered and one waiting, a redrive sends the three that failed and no other', async () => {
  const w = new Pipeline();
  await createSubscription(w, { retrySchedule: [1] });
  w.respond = ({ headers }) => answer(/failed|waiting/.test(headers['webhook-id'] ?? '') ? 500 : 200);
  const events = [
    ...Array.from({ length: 6 }, (_, i) => `delivered_${i}`),
    ...Array.from({ length: 3 }, (_, i) => `failed_${i}`),
  ];
  await w.run(events.map((id) => received(['sub_1'], { event: eventEnvelope({ id }) })));
  await w.settle();
  // The tenth fails now and waits for its one retry.
  await w.run([received(['sub_1'], { event: eventEnvelope({ id: 'waiting' }) })]);
  const before = w.requests.length;
  const pending = w.deliveries.sent.length;
  assert.equal((await w.statuses()).waiting, 'retrying');
  const task = await w.redrive('tsk_1');
  assert.deepEqual([task?.status, task?.matched, task?.sent], ['done', 3, 3]);
  assert.equal(w.deliveries.sent.length, pending + 3, 'the waiting one keeps its single retry');
  w.respond = () => answer(200);
  await w.settle();
  const sent = w.requests.slice(before).map(idOf).toSorted();
  assert.deepEqual(sent, ['failed_0', 'failed_1', 'failed_2', 'waiting']);
  assert.equal((await w.redrive('tsk_2'))?.matched, 0);
});

test('a delivery that was given up for its costly filter is sent by a redrive, whatever the filter says', async () => {
  const w = new Pipeline();
  await createSubscription(w, {});
  await w.run([received(['sub_1'], { giveUp: 'filter-too-costly' })]);
  await w.settle();
  assert.deepEqual([await w.statuses(), w.requests.length], [{ evt_1: 'failed' }, 0]);
  assert.equal((await w.redrive('tsk_1'))?.sent, 1);
  await w.settle();
  assert.deepEqual([await w.statuses(), w.requests.length], [{ evt_1: 'succeeded' }, 1]);
});

test('a redriven delivery that fails again goes through its schedule and can be redriven again', async () => {
  const w = new Pipeline();
  await createSubscription(w, { retrySchedule: [1, 2] });
  w.respond = () => answer(500);
  await w.run([received(['sub_1'])]);
  await w.settle();
  for (const [id, requests] of [
    ['tsk_1', 6],
    ['tsk_2', 9],
  ] as const) {
    assert.equal((await w.statuses()).evt_1, 'failed');
    assert.equal((await w.redrive(id))?.sent, 1);
    assert.equal((await w.statuses()).evt_1, 'retrying');
    await w.settle();
    assert.equal(w.requests.length, requests);
  }
  assert.equal((await w.statuses()).evt_1, 'failed');
});

async function createSubscription(w: Pipeline, fields: Parameters<typeof subscription>[0]) {
  const made = subscription(fields);
  await w.subscriptions.create(made);
  return made;
}

test('C123: fanfare-attempt counts the requests that were sent: what a pause held back is none of them', async () => {
  const w = new Pipeline();
  const made = await createSubscription(w, { retrySchedule: [1] });
  w.respond = () => answer(500);
  await w.run([received(['sub_1'])]);
  await w.settle();
  const paused = { ...made, status: 'paused' as const, revision: 2 };
  await w.subscriptions.replace(made, paused);
  w.clock.advance(20_000);
  assert.equal((await w.redrive('tsk_1'))?.sent, 1);
  await w.settle();
  assert.deepEqual(await w.statuses(), { evt_1: 'skipped' });
  await w.subscriptions.replace(paused, { ...made, revision: 3 });
  w.clock.advance(20_000);
  // Sent again by a replay, which dies as well, and redriven.
  await w.run([received(['sub_1'], { attempt: 4, step: 0, run: 'tsk_2', trigger: 'replay' })]);
  await w.settle();
  assert.equal((await w.redrive('tsk_3'))?.sent, 1);
  w.respond = () => answer(200);
  await w.settle();
  const numbers = w.requests.map(({ headers }) => headers['fanfare-attempt']);
  assert.deepEqual(numbers, ['1', '2', '3', '4', '5']);
  const { attempts, status } = foldDelivery(w.log.rows);
  assert.deepEqual([status, attempts.map(({ request }) => request)], ['succeeded', [1, 2, 3, 4, 5]]);
});

test('C096: a delivery that succeeded, was replayed and died of that is redriven', async () => {
  const w = new Pipeline();
  await createSubscription(w, { retrySchedule: [] });
  await w.run([received(['sub_1'])]);
  w.respond = () => answer(500);
  await w.run([received(['sub_1'], { attempt: 2, step: 0, run: 'tsk_1', trigger: 'replay' })]);
  await w.settle();
  assert.deepEqual(await w.statuses(), { evt_1: 'failed' });
  w.respond = () => answer(200);
  assert.equal((await w.redrive('tsk_2'))?.sent, 1);
  await w.settle();
  assert.deepEqual([w.requests.length, await w.statuses()], [3, { evt_1: 'succeeded' }]);
});
