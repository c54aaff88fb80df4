import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldDelivery } from '../../../core/delivery-fold.ts';
import { resume } from '../../../core/dispatch/resume.ts';
import { targetsOf } from '../../../core/dispatch/target.ts';
import { encodeMessage } from '../../../core/message.ts';
import type { Task } from '../../../core/task.ts';
import { deadLetter, deliveryMessage } from '../../support/delivery-messages.ts';
import { deliveryRow, successRow } from '../../support/delivery-rows.ts';
import { redriveBench } from '../../support/redrive-bench.ts';

const DEAD_AT = deadLetter().dead.at;

test('two copies of a letter are sent once, and both leave the queue', async () => {
  const bench = redriveBench();
  await bench.die('evt_1');
  for (let i = 0; i < 12; i++) await bench.die(`evt_2_${i}`);
  await bench.die('evt_1');
  const together = redriveBench();
  await together.die('evt_1');
  await together.die('evt_1');
  await together.die('evt_2');
  for (const { tasks, redrive, events, letters } of [bench, together]) {
    const task = await redrive();
    assert.equal(events().filter((id) => id === 'evt_1').length, 1);
    assert.equal(task.matched, events().length);
    assert.equal((await tasks.get('tsk_1'))?.sent, events().length);
    assert.ok(letters.bodies.length <= 1, 'a copy that was never looked at may be left');
  }
  assert.deepEqual(together.letters.bodies, []);
});

test('a letter without its record was redriven before: it is deleted and not counted', async () => {
  const bench = redriveBench();
  const delivery = await bench.die('evt_1');
  await bench.index.remove({ tenant: 'acme', delivery, attempt: 10 });
  await bench.die('evt_2');
  const task = await bench.redrive();
  assert.deepEqual([bench.events(), bench.letters.bodies], [['evt_2'], []]);
  assert.deepEqual([task.matched, task.sent, task.dropped], [1, 1, 0]);
});

test('the letter of an earlier death is deleted, that of the latest is sent', async () => {
  for (const attempts of [
    [10, 20],
    [20, 10],
  ]) {
    const bench = redriveBench();
    for (const attempt of attempts) await bench.die('evt_1', { attempt });
    const task = await bench.redrive();
    assert.deepEqual(
      bench.sent().map(({ header }) => header.attempt),
      [21],
    );
    assert.deepEqual([task.matched, bench.letters.bodies, await bench.dead()], [1, [], []]);
  }
});

test('a delivery whose subscription is gone is dropped: cancelled, off the record and out of the queue', async () => {
  const bench = redriveBench();
  await bench.die('evt_1', { targets: ['sub_gone'] });
  await bench.die('evt_2');
  bench.gone.add('sub_gone');
  const failed = deliveryRow({ subscription: 'sub_gone', attempt: 10, status: 'failed', at: DEAD_AT });
  await bench.deliveryLog.append([failed]);
  const task = await bench.redrive();
  assert.deepEqual([task.matched, task.sent, task.dropped], [2, 1, 1]);
  assert.deepEqual([bench.events(), bench.letters.bodies, await bench.dead()], [['evt_2'], [], []]);
  const rows = bench.deliveryLog.rows.filter((row) => row.subscription === 'sub_gone');
  const { status, reason } = foldDelivery(rows);
  assert.deepEqual([status, reason], ['cancelled', 'subscription deleted']);
});

test('a letter without data cannot be sent: it is dropped and stays a failed delivery', async () => {
  const bench = redriveBench();
  await bench.die('evt_1', {}, '');
  const task = await bench.redrive();
  assert.deepEqual([task.matched, task.sent, task.dropped], [1, 0, 1]);
  assert.deepEqual([bench.queue.sent, bench.letters.bodies, await bench.dead()], [[], [], []]);
  assert.equal(foldDelivery(bench.deliveryLog.rows).status, 'failed');
});

test('a letter that came after the task began is left for another', async () => {
  const bench = redriveBench();
  await bench.start();
  const dead = { ...deadLetter().dead, at: bench.clock.now() + 1 };
  await bench.die('evt_late', { dead });
  await bench.die('evt_1');
  bench.clock.advance(1_000);
  const task = await bench.redrive();
  assert.deepEqual([bench.events(), task.matched, await bench.dead()], [['evt_1'], 1, ['evt_late']]);
  assert.equal((await bench.redrive({}, 'tsk_2')).sent, 1);
});

test('a letter that cannot be read stays, and is an error of ours', async () => {
  const bench = redriveBench();
  bench.letters.put('nonsense');
  bench.letters.put(encodeMessage({ ...deadLetter(), v: 2 as 1 }, '1'));
  await bench.die('evt_1');
  assert.equal((await bench.redrive()).sent, 1);
  assert.equal(bench.letters.visible.length, 2);
  assert.equal(bench.log.of('redrive.unreadable').length, 2);
});

test('a worker that dies after any step sends a letter twice at worst, loses none and counts it once', async () => {
  const steps = [
    ['deliveries', 'send'],
    ['deliveryLog', 'append'],
    ['index', 'remove'],
    ['letters', 'delete'],
    ['tasks', 'update'],
  ] as const;
  for (const [port, method] of steps) {
    for (const moment of ['before', 'after'] as const) {
      const bench = redriveBench();
      for (let i = 0; i < 15; i++) await bench.die(`evt_${i}`);
      await bench.start();
      const target = bench.deps[port] as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
      const real = target[method]?.bind(target);
      let calls = 0;
      target[method] = async (...args) => {
        // The updates before are the claim and the count.
        if (port === 'tasks' && (args[0] as Task).sent === 0) return real?.(...args);
        if (calls++ !== 0) return real?.(...args);
        if (moment === 'after') await real?.(...args);
        throw new Error('died');
      };
      const what = `${port}.${method}, ${moment}`;
      assert.deepEqual(await bench.receive(), ['tsk_1'], what);
      bench.clock.advance(360_000);
      const task = await bench.redrive();
      assert.deepEqual([task.status, await bench.dead()], ['done', []], what);
      assert.equal(new Set(bench.events()).size, 15, what);
      assert.ok(bench.events().length <= 25, `${what}: ${bench.events().length} sent`);
      assert.ok(task.sent <= 15 && task.matched === task.sent, `${what}: ${task.sent} counted`);
    }
  }
});

test('what the queue does not take stays a dead letter, and the task comes again', async () => {
  const bench = redriveBench();
  for (let i = 0; i < 5; i++) await bench.die(`evt_${i}`);
  await bench.start();
  bench.queue.refuses = ({ body }) => body.includes('"evt_3"');
  assert.deepEqual(await bench.receive(), ['tsk_1']);
  assert.deepEqual([await bench.dead(), bench.letters.visible.length], [['evt_3'], 1]);
  assert.equal((await bench.tasks.get('tsk_1'))?.sent, 4);
  assert.equal(bench.meter.sum('BatchItemsReturned redrive'), 1);
  bench.queue.refuses = () => false;
  const task = await bench.redrive();
  assert.deepEqual([task.status, task.sent, bench.events().length], ['done', 5, 5]);
});

test('a late copy of the last attempt leaves no second letter after a redrive', async () => {
  const bench = redriveBench();
  await bench.die('evt_1');
  const failed = deliveryRow({ attempt: 10, status: 'failed', reason: 'exhausted', at: DEAD_AT });
  const [target] = targetsOf(deliveryMessage({ attempt: 10, step: 9 }), '1');
  assert.ok(target);
  assert.equal(resume(target, [failed], DEAD_AT + 5)?.decision.kind, 'dead');
  await bench.redrive();
  const rows = [failed, ...bench.deliveryLog.rows];
  assert.equal(resume(target, rows, DEAD_AT + 5)?.decision.kind, 'done');
});

test('C096: a letter of a delivery that another worker succeeded with is laid to rest, and nothing is sent', async () => {
  const bench = redriveBench();
  const delivery = await bench.die('evt_1', { attempt: 1, step: 0 });
  await bench.die('evt_2', { attempt: 1, step: 0 });
  const row = deliveryRow({ event: 'evt_1', delivery, status: 'failed', reason: 'exhausted' });
  await bench.deliveryLog.append([row, successRow({ event: 'evt_1', delivery })]);
  const task = await bench.redrive();
  assert.deepEqual(bench.events(), ['evt_2']);
  assert.deepEqual([task.status, task.matched, task.sent, task.dropped], ['done', 2, 1, 1]);
  assert.deepEqual([bench.letters.bodies, await bench.dead()], [[], []]);
  assert.equal(foldDelivery(await bench.deliveryLog.rowsOf(row)).status, 'succeeded');
});

test('C100: a redrive never takes what its own run left, by whatever clock that died', async () => {
  const bench = redriveBench();
  await bench.die('evt_1', { run: 'tsk_1', attempt: 11 });
  await bench.die('evt_2', { run: 'tsk_0', attempt: 11 });
  const task = await bench.redrive();
  assert.deepEqual([bench.events(), task.status, task.matched], [['evt_2'], 'done', 1]);
  assert.deepEqual(await bench.dead(), ['evt_1']);
});

test('C100: a worker whose clock is far behind the last one waits no longer than a queue can delay', async () => {
  const bench = redriveBench();
  await bench.die('evt_1');
  await bench.start();
  const task = await bench.tasks.get('tsk_1');
  assert.ok(task);
  await bench.tasks.update({ ...task, nextSendAt: bench.clock.now() + 2 * 3_600_000 });
  assert.deepEqual(await bench.receive(), []);
  assert.deepEqual(
    bench.taskQueue.sent.map(({ delaySeconds }) => delaySeconds),
    [900],
  );
});
