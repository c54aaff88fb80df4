import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeEventMessage } from '../../../core/message.ts';
import { redriveBench } from '../../support/redrive-bench.ts';

test('a cancelled task stops within a page, keeps its counts and gives back what it holds', async () => {
  const bench = redriveBench();
  for (let i = 0; i < 60; i++) await bench.die(`evt_${i}`, { targets: [i % 2 ? 'sub_1' : 'sub_2'] });
  await bench.start({ subscription: 'sub_1' });
  const receive = bench.letters.receive.bind(bench.letters);
  bench.letters.receive = async (holdSeconds) => {
    if (bench.letters.receives === 2) {
      const task = await bench.tasks.get('tsk_1');
      assert.ok(task);
      await bench.tasks.update({ ...task, status: 'cancelled', finishedAt: 7 });
    }
    return receive(holdSeconds);
  };
  const task = await bench.redrive();
  assert.deepEqual([task.status, task.finishedAt], ['cancelled', 7]);
  assert.equal(task.sent, bench.queue.sent.length);
  assert.deepEqual([bench.letters.receives, bench.taskQueue.sent], [3, []]);
  assert.equal(bench.letters.visible.length, 60 - task.sent);
});

test('a message for a task that is over, or unknown, comes to nothing', async () => {
  const bench = redriveBench();
  await bench.die('evt_1');
  assert.equal((await bench.redrive()).status, 'done');
  await bench.die('evt_2');
  assert.deepEqual([await bench.receive('tsk_1'), await bench.receive('tsk_unknown')], [[], []]);
  assert.deepEqual([bench.events(), bench.taskQueue.sent], [['evt_1'], []]);
});

test('of two workers on one task the later carries on; every letter is sent and counted once', async () => {
  const bench = redriveBench();
  for (let i = 0; i < 95; i++) await bench.die(`evt_${i}`);
  await bench.start({ ratePerSecond: 1000 });
  assert.deepEqual(await Promise.all([bench.receive(), bench.receive(), bench.receive()]), [[], [], []]);
  const task = await bench.redrive();
  assert.deepEqual([task.status, task.sent, task.matched], ['done', 95, 95]);
  assert.deepEqual([bench.events().length, new Set(bench.events()).size], [95, 95]);
  assert.ok(bench.taskQueue.sent.length <= 1, 'the others sent no message on');
});

test('a worker whose task was taken over stops after its page and leaves the message to the other', async () => {
  const bench = redriveBench();
  for (let i = 0; i < 60; i++) await bench.die(`evt_${i}`);
  await bench.start();
  const receive = bench.letters.receive.bind(bench.letters);
  let receives = 0;
  bench.letters.receive = async (holdSeconds) => {
    // Time for one page: it does it and sends the task on.
    if (++receives === 2) await bench.receive('tsk_1', 5_000);
    return receive(holdSeconds);
  };
  await bench.receive();
  assert.deepEqual([receives, bench.taskQueue.sent.length], [3, 1]);
  const task = await bench.tasks.get('tsk_1');
  assert.deepEqual([task?.status, task?.sent, bench.queue.sent.length], ['running', 30, 30]);
});

test('letters in other hands are waited for, not taken for missing', async () => {
  const bench = redriveBench();
  for (let i = 0; i < 15; i++) await bench.die(`evt_${i}`);
  await bench.letters.receive(600);
  const began = bench.clock.now();
  const task = await bench.redrive();
  assert.deepEqual([task.status, task.sent, task.failure], ['done', 15, null]);
  assert.ok(bench.clock.now() - began < 640_000, 'soon after they came back');
});

test('two redrives at once each send their own letters, although each meets those of the other', async () => {
  const bench = redriveBench();
  for (let i = 0; i < 40; i++) await bench.die(`evt_${i}`, { targets: [i % 2 ? 'sub_1' : 'sub_2'] });
  const tasks = await Promise.all([
    bench.redrive({ subscription: 'sub_1' }, 'tsk_1'),
    bench.redrive({ subscription: 'sub_2' }, 'tsk_2'),
  ]);
  assert.deepEqual(
    tasks.map(({ status, sent }) => [status, sent]),
    [
      ['done', 20],
      ['done', 20],
    ],
  );
  assert.deepEqual([new Set(bench.events()).size, bench.letters.bodies], [40, []]);
});

test('records whose letters never come end the task after half an hour, with the reason', async () => {
  const bench = redriveBench();
  await bench.die('evt_1');
  await bench.die('evt_2');
  await bench.letters.delete(['1']);
  const began = bench.clock.now();
  const task = await bench.redrive();
  assert.deepEqual([task.status, task.sent], ['failed', 1]);
  assert.equal(task.failure, '1 dead letters are on record but not in the queue.');
  assert.ok(bench.clock.now() - began >= 30 * 60_000 && bench.clock.now() - began < 32 * 60_000);
  assert.equal(task.finishedAt, bench.clock.now());
});

test('an expired letter keeps no redrive waiting, although its record is still there', async () => {
  const bench = redriveBench();
  await bench.die('evt_1');
  await bench.letters.delete(['0']);
  bench.clock.advance(14 * 86_400_000);
  const task = await bench.redrive();
  assert.deepEqual([task.status, task.matched], ['done', 0]);
  assert.equal((await bench.redrive({ dryRun: true }, 'tsk_2')).matched, 0);
});

test('task.finished is told once, even if the task ended while nobody worked on it or the worker died', async () => {
  const bench = redriveBench();
  await bench.start();
  const task = await bench.tasks.get('tsk_1');
  assert.ok(task);
  await bench.tasks.update({ ...task, status: 'cancelled', finishedAt: bench.clock.now() });
  await bench.receive();
  await bench.receive();
  const told = bench.eventsQueue.bodies.map(decodeEventMessage);
  assert.equal(new Set(told.map(({ header }) => header.event.id)).size, 1);
  assert.deepEqual(JSON.parse(told[0]?.data ?? ''), {
    tenant: 'acme',
    task: 'tsk_1',
    kind: 'redrive',
    status: 'cancelled',
    matched: 0,
    sent: 0,
    dropped: 0,
  });
});

test('each invocation tells what it did in one line', async () => {
  const bench = redriveBench();
  await bench.die('evt_1');
  await bench.redrive();
  const lines = bench.log.of('redrive.done');
  assert.equal(lines.length, 1);
  assert.deepEqual(lines[0]?.fields, {
    taskId: 'tsk_1',
    kind: 'redrive',
    tenant: 'acme',
    status: 'done',
    matched: 1,
    sent: 1,
    dropped: 0,
    delaySeconds: null,
    durationMs: 0,
  });
});
