import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DISPATCH } from '../../contract/limits.ts';
import type { SendOutcome } from '../../core/dispatch/ports.ts';
import type { ReceivedRecord } from '../../core/queue.ts';
import { eventEnvelope } from '../support/delivery-messages.ts';
import { answer, DispatchWorld, received } from '../support/dispatch-world.ts';
import { subscription } from '../support/subscription.ts';

const TIMEOUT: SendOutcome = {
  kind: 'unanswered',
  error: 'timeout',
  detail: '',
  durationMs: 15_000,
  timings: null,
};

const settled = () => new Promise((resolve) => setImmediate(resolve));
const message = (id: string, targets: readonly string[] = ['sub_1']): ReceivedRecord => ({
  ...received(targets, { event: eventEnvelope({ id }) }),
  receipt: `receipt-${id}`,
});

/** One endpoint that answers and one that hangs until told; a queue that a run can receive from. */
async function world() {
  const w = new DispatchWorld();
  for (const id of ['sub_1', 'sub_hangs'])
    await w.subscriptions.create(subscription({ id, url: `https://${id}.example/` }));
  const ends: (() => void)[] = [];
  w.destination = ({ url }) =>
    url.includes('hangs')
      ? new Promise((resolve) => ends.push(() => resolve(TIMEOUT)))
      : Promise.resolve(answer(200));
  const waiting: ReceivedRecord[] = [];
  const deleted: string[] = [];
  let polls = 0;
  let wake: (() => void) | null = null;
  w.inbox = {
    receive: async (max, waits) => {
      polls++;
      // Nothing comes: a poll that waits lasts until the test says so.
      if (waiting.length === 0 && waits) await new Promise<void>((resolve) => (wake = resolve));
      return waiting.splice(0, max);
    },
    delete: async (receipts) => {
      deleted.push(...receipts);
    },
  };
  /** Lets a poll under way come back. */
  const wakeUp = async (): Promise<void> => {
    wake?.();
    wake = null;
    await settled();
    await settled();
  };
  const end = async (): Promise<void> => {
    for (const go of ends.splice(0)) go();
    await settled();
    await wakeUp();
  };
  const pass = async (ms: number): Promise<void> => {
    w.clock.advance(ms);
    await settled();
    await settled();
  };
  return { w, waiting, deleted, wakeUp, end, pass, polls: () => polls };
}

/** The urls asked so far that answer. */
const served = (w: DispatchWorld) => w.requests.filter(({ url }) => !url.includes('hangs')).length;

test('a run that an endpoint keeps waiting works on other messages meanwhile, and removes what is finished', async () => {
  const { w, waiting, deleted, wakeUp, end, pass } = await world();
  const run = w.run([message('evt_1', ['sub_1', 'sub_hangs']), message('evt_own')]);
  await settled();
  waiting.push(message('evt_2'), message('evt_3'));
  await pass(299);
  assert.equal(served(w), 2);
  await pass(1);
  assert.equal(served(w), 4);
  assert.deepEqual([...deleted].sort(), ['m-evt_own-sub_1-1', 'receipt-evt_2', 'receipt-evt_3']);
  for (let i = 0; i < 3; i++) await pass(300);
  waiting.push(message('evt_4'));
  await wakeUp();
  assert.equal(served(w), 5, 'held up for long, it waits for what comes');
  await end();
  assert.deepEqual(await run, []);
  assert.ok(deleted.includes('receipt-evt_4'));
});

test('a run that is held up for less than a second asks now and then what is there, and does not wait for it', async () => {
  const { w, waiting, end, pass, polls } = await world();
  const run = w.run([message('evt_1', ['sub_hangs'])]);
  await settled();
  await pass(300);
  await pass(300);
  assert.equal(polls(), 2);
  await pass(200);
  assert.equal(polls(), 2);
  await end();
  assert.deepEqual(await run, [], 'it is over as soon as its endpoint answered, no poll is under way');
  assert.equal(waiting.length, 0);
});

test('a run that nobody keeps waiting receives nothing by itself', async () => {
  const { w, waiting, polls } = await world();
  waiting.push(message('evt_2'));
  await w.run([message('evt_1')]);
  w.clock.advance(60_000);
  await settled();
  assert.deepEqual([polls(), waiting.length, served(w)], [0, 1, 1]);
});

test('what a run received and could not finish is not removed, and comes again', async () => {
  const { w, waiting, deleted, end, pass } = await world();
  const run = w.run([message('evt_1', ['sub_hangs'])]);
  await settled();
  waiting.push({ messageId: 'broken', body: 'no message', receiveCount: 1, receipt: 'receipt-broken' });
  await pass(1_000);
  await end();
  assert.deepEqual(await run, [], 'the mapping knows nothing of it');
  assert.ok(!deleted.includes('receipt-broken'));
});

test('a run takes no more than it has time for', async () => {
  const { w, waiting, end, pass, polls } = await world();
  const run = w.run([message('evt_1', ['sub_hangs'])], 33_000);
  await settled();
  waiting.push(message('evt_2'));
  await pass(5_000);
  assert.deepEqual([polls(), waiting.length], [0, 1]);
  await end();
  await run;
});

test('a run whose targets wait for an origin that has all the sockets it may have works on others meanwhile', async () => {
  const { w, waiting, end, pass } = await world();
  const ids = Array.from({ length: DISPATCH.maxOpenSocketsPerOrigin + 1 }, (_, i) => `sub_same_${i}`);
  for (const id of ids)
    await w.subscriptions.create(subscription({ id, url: `https://hangs.example/${id}` }));
  const run = w.run([message('evt_1', ids)]);
  await settled();
  assert.equal(w.requests.length, DISPATCH.maxOpenSocketsPerOrigin);
  waiting.push(message('evt_2'));
  await pass(300);
  assert.equal(served(w), 1);
  for (let i = 0; i < 3; i++) await end();
  await run;
});

test('a run works on fifty messages at once and no more', async () => {
  const { w, waiting, end, pass } = await world();
  const run = w.run([message('evt_0', ['sub_hangs'])]);
  await settled();
  // Each of a subscription of its own, so that nobody is known to be slow.
  for (let i = 0; i < 100; i++) {
    const id = `sub_hangs_${i}`;
    await w.subscriptions.create(subscription({ id, url: `https://hangs-${i}.example/` }));
    waiting.push(message(`evt_more_${i}`, [id]));
  }
  await pass(1_000);
  for (let i = 0; i < 20; i++) await settled();
  assert.equal(waiting.length, 60);
  await end();
  for (let i = 0; i < 200 && waiting.length > 0; i++) {
    await pass(250);
    await end();
  }
  await end();
  await run;
});

test('a queue that cannot be received from, or that removes nothing, costs the run nothing', async () => {
  const { w, end, pass } = await world();
  const inbox = w.inbox;
  assert.ok(inbox);
  w.inbox = {
    receive: () => Promise.reject(new Error('down')),
    delete: () => Promise.reject(new Error('down')),
  };
  const run = w.run([message('evt_1', ['sub_hangs']), message('evt_2')]);
  await settled();
  await pass(5_000);
  await end();
  assert.deepEqual(await run, []);
  const events = w.lines.lines.map(({ event }) => event);
  assert.equal(events.filter((event) => event === 'dispatch.receive-failed').length, 1);
});

test('what could not be removed is removed with what is finished next, and nothing is sent again', async () => {
  const { w, waiting, deleted, end, pass } = await world();
  const { inbox } = w;
  assert.ok(inbox);
  let failing = true;
  w.inbox = {
    ...inbox,
    delete: async (receipts) => {
      if (failing) throw new Error('socket hang up');
      await inbox.delete(receipts);
    },
  };
  const run = w.run([message('evt_1', ['sub_1', 'sub_hangs'])]);
  await settled();
  waiting.push(message('evt_2'));
  await pass(300);
  assert.deepEqual([served(w), deleted], [2, []]);
  failing = false;
  waiting.push(message('evt_3'));
  await pass(300);
  assert.deepEqual([served(w), [...deleted].sort()], [3, ['receipt-evt_2', 'receipt-evt_3']]);
  await end();
  assert.deepEqual(await run, []);
  assert.equal(served(w), 3);
});

test('what could not be removed when it was finished is removed at the end of the run', async () => {
  const { w, waiting, deleted, end, pass } = await world();
  const { inbox } = w;
  assert.ok(inbox);
  let calls = 0;
  w.inbox = {
    ...inbox,
    delete: async (receipts) => {
      if (++calls === 1) throw new Error('socket hang up');
      await inbox.delete(receipts);
    },
  };
  const run = w.run([message('evt_1', ['sub_hangs'])], 34_300);
  await settled();
  waiting.push(message('evt_2'));
  await pass(300);
  assert.deepEqual([served(w), deleted, calls], [1, [], 1]);
  await end();
  assert.deepEqual(await run, []);
  assert.ok(deleted.includes('receipt-evt_2'));
  assert.equal(calls, 2);
});

test('a run does not answer while it works on what came when all else was over', async () => {
  const { w, waiting, deleted, wakeUp, end, pass } = await world();
  await w.subscriptions.create(subscription({ id: 'sub_hangs_too', url: 'https://hangs-too.example/' }));
  let isOver = false;
  const run = w.run([message('evt_1', ['sub_hangs'])]).finally(() => {
    isOver = true;
  });
  await settled();
  for (let i = 0; i < 4; i++) await pass(300);
  waiting.push(message('evt_late', ['sub_hangs_too']));
  // Its endpoint answers first, then the poll that is under way comes back.
  await end();
  for (let i = 0; i < 5; i++) await wakeUp();
  assert.equal(w.requests.length, 2);
  assert.equal(isOver, false, 'its answer would stop the environment with a request under way');
  await end();
  assert.deepEqual(await run, []);
  assert.ok(deleted.includes('receipt-evt_late'));
});
