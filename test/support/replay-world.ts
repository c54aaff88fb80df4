import assert from 'node:assert/strict';
import { foldDelivery } from '../../core/delivery-fold.ts';
import { encodeMessage } from '../../core/message.ts';
import type { ReplayRequest, Task } from '../../core/task.ts';
import { createRedrive } from '../../lambdas/redrive.ts';
import { untimed } from './clock.ts';
import { DispatchWorld } from './dispatch-world.ts';
import { FakeDeadLetterQueue } from './fake-dead-letter-queue.ts';
import { FakeEventStore } from './fake-event-store.ts';
import { FakeMeter } from './fake-meter.ts';
import { FakeQueue } from './fake-queue.ts';
import { FakeTasks } from './fake-tasks.ts';
import { sqsRecord } from './fan-out-bench.ts';
import { lambdaContext } from './http-event.ts';
import { redriveTask } from './redrive-task.ts';

/** Data that tells whether it was read as numbers on the way. */
export const DATA = '{"n":9007199254740993}';

/** Dispatch and the redrive function over the same stores, with an event store. */
export class ReplayWorld extends DispatchWorld {
  readonly store = new FakeEventStore(this.clock);
  readonly tasks = new FakeTasks();
  readonly taskQueue = new FakeQueue();
  readonly began = this.clock.now();
  #handled = 0;

  /** An event on record, sent by fan-out to those it names. */
  async event(id: string, targets = ['sub_1'], type = 'order.created', trace?: string): Promise<void> {
    const now = this.clock.now();
    const times = { time: now, acceptedAt: now };
    const envelope = {
      ...{ tenant: 'acme', id, type, subject: null, ...times, metadata: {} },
      ...(trace === undefined ? {} : { trace }),
    };
    await this.store.keep({ ...envelope, data: DATA, requestId: id, matched: targets.length, shards: 1 });
    if (targets.length > 0) {
      const first = {
        v: 1,
        event: envelope,
        shards: 1,
        attempt: 1,
        step: 0,
        run: '0',
        trigger: 'schedule',
      } as const;
      await this.deliveries.send([{ body: encodeMessage({ ...first, targets }, DATA) }]);
    }
    await this.settle();
    this.clock.advance(1_000);
  }

  async settle(): Promise<void> {
    while (this.#handled < this.deliveries.sent.length) {
      const messages = this.deliveries.sent.slice(this.#handled);
      this.#handled = this.deliveries.sent.length;
      const records = messages.map(({ body }, i) => ({ messageId: `m${i}`, body, receiveCount: 1 }));
      assert.deepEqual(await this.run(records), []);
    }
  }

  /** Plays a replay to its end, without working on what it puts on the queue. */
  async replay(request: Partial<ReplayRequest> = {}, id = 'tsk_replay'): Promise<Task> {
    this.clock.advance(3_600_000);
    const full: ReplayRequest = {
      kind: 'replay',
      tenant: 'acme',
      subscription: 'sub_1',
      since: this.began,
      until: this.clock.now(),
      status: 'all',
      eventTypes: null,
      ratePerSecond: 50,
      dryRun: false,
      ...request,
    };
    const now = this.clock.now();
    await this.tasks.create({ ...redriveTask({}, { id, createdAt: now }), kind: 'replay', request: full });
    await this.work(id);
    const task = await this.tasks.get(id);
    assert.ok(task);
    return task;
  }

  /** Hands a task's messages over until it is done. */
  async work(id = 'tsk_replay'): Promise<void> {
    const handler = createRedrive({
      tasks: this.tasks,
      letters: new FakeDeadLetterQueue(this.clock),
      index: this.deadLetters,
      events: this.store,
      subscriptions: this.subscriptions,
      deliveryLog: this.log,
      deliveries: this.deliveries,
      taskQueue: this.taskQueue,
      operational: this.deps().operational,
      clock: this.clock,
      after: untimed,
      log: this.lines,
      meter: new FakeMeter(),
    });
    for (let round = 0; round < 100; round++) {
      const before = this.taskQueue.sent.length;
      const record = sqsRecord(encodeMessage({ v: 1, task: id }, ''), id);
      const said = await handler({ Records: [record] }, lambdaContext(60_000));
      assert.ok('batchItemFailures' in said);
      const failed = said.batchItemFailures.length > 0;
      if (!failed && this.taskQueue.sent.length === before) return;
      this.clock.advance(1000 * (this.taskQueue.sent.at(-1)?.delaySeconds ?? 1));
    }
    assert.fail('the task goes on for ever');
  }

  statusOf(event: string): string {
    const rows = this.log.rows.filter((row) => row.event === event);
    return rows.length === 0 ? 'none' : foldDelivery(rows).status;
  }

  requestsOf(event: string): number {
    return this.requests.filter(({ headers }) => headers['webhook-id'] === event).length;
  }
}
