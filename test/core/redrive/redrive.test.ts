import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldDelivery } from '../../../core/delivery-fold.ts';
import type { RedriveRequest } from '../../../core/task.ts';
import { deadLetter, eventEnvelope } from '../../support/delivery-messages.ts';
import { deliveryRow } from '../../support/delivery-rows.ts';
import { dataOf, redriveBench } from '../../support/redrive-bench.ts';

test('C050: a redriven delivery keeps its ids and data, and begins a fresh run of the schedule', async () => {
  const bench = redriveBench();
  const event = eventEnvelope({ id: 'evt_1', subject: 's', metadata: { region: 'eu' } });
  await bench.die('evt_1', { event, shards: 3, targets: ['sub_7'], held: { slow: true, slotAt: 5 } });
  const task = await bench.redrive();
  const [message, ...others] = bench.sent();
  assert.deepEqual(message, {
    header: {
      v: 1,
      event,
      shards: 3,
      attempt: 11,
      step: 0,
      run: 'tsk_1',
      trigger: 'redrive',
      targets: ['sub_7'],
    },
    data: dataOf('evt_1'),
  });
  assert.deepEqual([others, bench.letters.bodies, await bench.dead()], [[], [], []]);
  assert.deepEqual([task.status, task.matched, task.sent, task.dropped], ['done', 1, 1, 0]);
  assert.equal(task.finishedAt, bench.clock.now());
  assert.equal(bench.meter.sum('DeliveriesRedriven'), 1);
});

test('a redrive takes what its filter names; the others stay in the queue and can be received', async () => {
  const before = Date.UTC(2026, 0, 2);
  const cases: readonly { request: Partial<RedriveRequest>; taken: readonly string[] }[] = [
    { request: {}, taken: ['a1', 'a2', 'a3', 'a4'] },
    { request: { tenant: 'globex' }, taken: ['g1'] },
    { request: { subscription: 'sub_2' }, taken: ['a2'] },
    { request: { eventType: 'order.paid' }, taken: ['a3'] },
    { request: { eventType: 'order' }, taken: [] },
    { request: { since: before + 1 }, taken: ['a4'] },
    { request: { until: before + 1 }, taken: ['a1', 'a2', 'a3'] },
    { request: { since: before, until: before }, taken: [] },
    { request: { subscription: 'sub_2', eventType: 'order.paid' }, taken: [] },
  ];
  for (const { request, taken } of cases) {
    const bench = redriveBench();
    await bench.die('a1');
    await bench.die('a2', { targets: ['sub_2'] });
    await bench.die('a3', { event: eventEnvelope({ id: 'a3', type: 'order.paid' }) });
    await bench.die('a4', { event: eventEnvelope({ id: 'a4', acceptedAt: before + 5 }) });
    await bench.die('g1', { event: eventEnvelope({ id: 'g1', tenant: 'globex' }) });
    const task = await bench.redrive(request);
    assert.deepEqual(bench.events().toSorted(), taken, JSON.stringify(request));
    assert.deepEqual([task.status, task.matched, task.sent], ['done', taken.length, taken.length]);
    assert.equal(bench.letters.visible.length, 5 - taken.length, 'the others can be received at once');
    const dead = [...(await bench.dead()), ...(await bench.dead('globex'))];
    assert.deepEqual(
      dead.toSorted(),
      ['a1', 'a2', 'a3', 'a4', 'g1'].filter((id) => !taken.includes(id)),
    );
  }
});

test('a dry run counts and touches nothing', async () => {
  const bench = redriveBench();
  for (let i = 0; i < 25; i++) await bench.die(`evt_${i}`, { targets: [i < 20 ? 'sub_1' : 'sub_2'] });
  for (const [request, matched] of [
    [{}, 25],
    [{ subscription: 'sub_1' }, 20],
    [{ subscription: 'sub_1', limit: 7 }, 7],
  ] as const) {
    const task = await bench.redrive({ ...request, dryRun: true }, `tsk_${matched}`);
    assert.deepEqual([task.status, task.matched, task.sent, task.dropped], ['done', matched, 0, 0]);
  }
  assert.deepEqual([bench.queue.sent, bench.letters.receives, bench.deliveryLog.rows], [[], 0, []]);
  assert.equal((await bench.dead()).length, 25);
});

test('a second redrive of the same letters finds none, and does not search the queue for them', async () => {
  const bench = redriveBench();
  for (let i = 0; i < 12; i++) await bench.die(`evt_${i}`);
  assert.equal((await bench.redrive()).sent, 12);
  const receives = bench.letters.receives;
  const second = await bench.redrive({}, 'tsk_2');
  assert.deepEqual([second.status, second.matched, second.sent], ['done', 0, 0]);
  assert.deepEqual([bench.queue.sent.length, bench.letters.receives], [12, receives]);
});

test('a limit is kept, and the letters beyond it stay', async () => {
  const bench = redriveBench();
  for (let i = 0; i < 40; i++) await bench.die(`evt_${i}`);
  const task = await bench.redrive({ limit: 13 });
  assert.deepEqual([task.matched, task.sent, bench.queue.sent.length], [13, 13, 13]);
  assert.deepEqual([bench.letters.visible.length, (await bench.dead()).length], [27, 27]);
});

test('300 letters among 300 of others are all sent, over several invocations', async () => {
  const bench = redriveBench();
  for (let i = 0; i < 300; i++) {
    await bench.die(`mine_${i}`);
    await bench.die(`other_${i}`, { targets: ['sub_2'] });
  }
  await bench.start({ subscription: 'sub_1', ratePerSecond: 1000 });
  let invocations = 0;
  while ((await bench.tasks.get('tsk_1'))?.status !== 'done') {
    assert.ok(++invocations < 500);
    // Hardly any time: each invocation does one page and sends the task on.
    assert.deepEqual(await bench.receive('tsk_1', 5_000), []);
    assert.equal(bench.taskQueue.sent.at(-1)?.delaySeconds, 0);
  }
  assert.ok(invocations > 30, `${invocations} invocations`);
  assert.equal(new Set(bench.events()).size, 300);
  assert.deepEqual([bench.queue.sent.length, bench.letters.bodies.length], [300, 300]);
});

test('deliveries leave at the asked pace, by delay and not by waiting', async () => {
  for (const ratePerSecond of [1, 10, 50]) {
    const bench = redriveBench();
    for (let i = 0; i < 200; i++) await bench.die(`evt_${i}`);
    const task = await bench.redrive({ ratePerSecond });
    assert.equal(task.sent, 200);
    const start = bench.sentAt[0] ?? 0;
    const perSecond = new Map<number, number>();
    for (const at of bench.sentAt) {
      const second = Math.floor((at - start) / 1000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }
    assert.ok(Math.max(...perSecond.values()) <= ratePerSecond, `${ratePerSecond} a second`);
    assert.equal(perSecond.size, 200 / ratePerSecond, 'and no second is left empty');
    const delays = bench.queue.sent.map(({ delaySeconds = 0 }) => delaySeconds);
    assert.ok(Math.max(...delays) <= 75, 'little is sent ahead, so that a cancelled task soon falls silent');
  }
});

test('a redriven delivery shows as retrying until its next attempt, then as what that came to', async () => {
  const bench = redriveBench();
  const letter = deadLetter();
  await bench.die('evt_1');
  const failed = deliveryRow({ attempt: 10, status: 'failed', reason: 'exhausted', at: letter.dead.at });
  await bench.deliveryLog.append([failed]);
  await bench.redrive();
  const before = foldDelivery(bench.deliveryLog.rows);
  assert.deepEqual([before.status, before.reason, before.attempts.length], ['retrying', 'redrive', 1]);
  assert.equal(before.nextAttemptAt, bench.clock.now());
  // Even an attempt that was recorded before the redrive came to write its row has the last word.
  for (const status of ['failed', 'succeeded'] as const) {
    await bench.deliveryLog.append([
      { ...failed, attempt: 11, run: 'tsk_1', status, at: letter.dead.at + 2 },
    ]);
    const after = foldDelivery(bench.deliveryLog.rows.toReversed());
    assert.deepEqual([after.status, after.attempts.length], [status, 2]);
  }
});
