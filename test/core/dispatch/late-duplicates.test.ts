import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveryLogMode } from '../../../contract/delivery-log.ts';
import type { DeliveryMessage } from '../../../contract/messages.ts';
import { DUE_SHARDS } from '../../../contract/tables.ts';
import { foldDelivery } from '../../../core/delivery-fold.ts';
import type { SendOutcome } from '../../../core/dispatch/ports.ts';
import type { ReceivedRecord } from '../../../core/queue.ts';
import { answer, DispatchWorld, received } from '../../support/dispatch-world.ts';
import type { FakeDeliveryLog } from '../../support/fake-delivery-log.ts';
import { fakeLogOf } from '../../support/fake-log-modes.ts';
import { subscription } from '../../support/subscription.ts';

const TIMEOUT: SendOutcome = {
  kind: 'unanswered',
  error: 'timeout',
  detail: 'no answer in time',
  durationMs: 15_000,
  timings: null,
};

/** A queue hands one message to two workers at the same time; each request gets its own answer when the test says so. */
class TwoWorkers extends DispatchWorld {
  override readonly log: FakeDeliveryLog;
  readonly #answers: ((outcome: SendOutcome) => void)[] = [];
  #asked = Promise.withResolvers<void>();
  #handled = 0;

  constructor(mode: DeliveryLogMode) {
    super();
    this.log = fakeLogOf(mode);
  }

  /** Both make the attempt; the first to ask is answered first, and has recorded that before the other is answered. */
  async both(fields: Partial<DeliveryMessage>, first: SendOutcome, second: SendOutcome): Promise<void> {
    this.destination = () => {
      const { promise, resolve } = Promise.withResolvers<SendOutcome>();
      this.#answers.push(resolve);
      if (this.#answers.length === 2) this.#asked.resolve();
      return promise;
    };
    const workers = [1, 2].map((receiveCount) => this.run([received(['sub_1'], fields, receiveCount)]));
    await this.#asked.promise;
    for (const [i, outcome] of [first, second].entries()) {
      this.clock.advance(outcome.durationMs);
      this.#answers[i]?.(outcome);
      assert.deepEqual(await workers[i], []);
    }
    this.destination = null;
  }

  /** Works on what was put on the queue or parked, until nothing is left. */
  async settle(): Promise<void> {
    for (let round = 0; round < 20; round++) {
      const parked = await this.#parked();
      const records = this.deliveries.bodies
        .slice(this.#handled)
        .map((body, i) => ({ messageId: `next-${this.#handled + i}`, body, receiveCount: 1 }));
      this.#handled = this.deliveries.sent.length;
      if (records.length + parked.length === 0) return;
      assert.deepEqual(await this.run([...records, ...parked]), []);
    }
    throw new Error('it goes on and on');
  }

  /** Takes everything out of the parking lot, as if it had fallen due. */
  async #parked(): Promise<readonly ReceivedRecord[]> {
    const found: ReceivedRecord[] = [];
    for (let shard = 0; shard < DUE_SHARDS; shard++) {
      // Whoever parks first puts the cursor one minute before his row.
      const minute = ((await this.parking.cursor(shard)) ?? 0) + 1;
      for await (const page of this.parking.due(minute, shard)) {
        found.push(...page.map(({ message }) => received(message.targets, message)));
        await this.parking.remove(
          minute,
          shard,
          page.map(({ key }) => key),
        );
      }
    }
    return found;
  }

  get status() {
    return this.log.rows.length === 0 ? 'no row' : foldDelivery(this.log.rows).status;
  }

  async dead(): Promise<number> {
    const letters = this.deadLetterQueue.sent.length;
    return letters + (await Array.fromAsync(this.deadLetters.entries('acme', null))).flat().length;
  }
}

async function world(mode: DeliveryLogMode, retrySchedule: readonly number[]): Promise<TwoWorkers> {
  const w = new TwoWorkers(mode);
  await w.subscriptions.create(subscription({ retrySchedule }));
  return w;
}

for (const mode of ['full', 'packed', 'failures'] as const) {
  // A log of failures says nothing of a first success.
  const delivered = mode === 'failures' ? 'no row' : 'succeeded';

  test(`C096 ${mode}: a late duplicate that times out does not undo a success, nor send a third time`, async () => {
    for (const schedule of [[5, 60], [3_600]]) {
      const w = await world(mode, schedule);
      await w.both({}, answer(200, { durationMs: 1_000 }), TIMEOUT);
      assert.equal(w.status, delivered);
      await w.settle();
      assert.deepEqual([w.requests.length, w.status, await w.dead()], [2, delivered, 0]);
    }
  });

  test(`C096 ${mode}: a late duplicate that gives up leaves no dead letter and tells nobody`, async () => {
    for (const outcome of [TIMEOUT, answer(410), { ...TIMEOUT, error: 'blocked' as const }]) {
      const w = await world(mode, []);
      await w.both({}, answer(204), outcome);
      await w.settle();
      assert.deepEqual([w.requests.length, w.status, await w.dead()], [2, delivered, 0]);
      const told = w.events.bodies.filter((body) => body.includes('delivery.exhausted'));
      assert.deepEqual(told, []);
    }
  });

  test(`C096 ${mode}: a success at a later attempt stands too, whichever worker is the late one`, async () => {
    for (const [first, second] of [
      [answer(200), TIMEOUT],
      [TIMEOUT, answer(200)],
    ] as const) {
      const w = await world(mode, [5, 60, 60]);
      w.respond = () => answer(500);
      await w.run([received(['sub_1'])]);
      await w.both({ attempt: 2, step: 1 }, first, second);
      assert.equal(w.status, 'succeeded');
      await w.settle();
      assert.deepEqual([w.requests.length, w.status, await w.dead()], [3, 'succeeded', 0]);
    }
  });
}

test('C096: of two workers that fail, one with the last word and one that goes on, the delivery goes on', async () => {
  for (const [first, second] of [
    [answer(410), TIMEOUT],
    [TIMEOUT, answer(410)],
  ] as const) {
    const w = await world('full', [3_600]);
    await w.both({}, first, second);
    assert.equal(w.status, 'retrying');
    await w.settle();
    // The subscription is disabled by the 410.
    assert.deepEqual([w.requests.length, w.status], [2, 'skipped']);
  }
});

test('C096: a manual attempt made by two workers counts as its success does', async () => {
  for (const [first, second] of [
    [answer(200), TIMEOUT],
    [TIMEOUT, answer(200)],
  ] as const) {
    const w = await world('full', []);
    w.respond = () => answer(500);
    await w.run([received(['sub_1'])]);
    await w.both({ attempt: 2, step: 0, run: 'run_1', trigger: 'manual' }, first, second);
    assert.equal(w.status, 'succeeded');
    assert.deepEqual((await Array.fromAsync(w.deadLetters.entries('acme', null))).flat(), []);
  }
});
