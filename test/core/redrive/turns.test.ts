import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemAfter } from '../../../adapters/system.ts';
import { decodeTaskMessage } from '../../../core/message.ts';
import { PAGE_MS, TURN_MS } from '../../../core/redrive/work-on-task.ts';
import { TooLateError, within } from '../../../core/within.ts';
import { redriveBench } from '../../support/redrive-bench.ts';
import { redriveTask } from '../../support/redrive-task.ts';

test("a task works for its turn alone, then waits behind the others, in its tenant's group", async () => {
  const bench = redriveBench();
  for (let i = 0; i < 200; i++) await bench.die(`evt_${i}`);
  await bench.start({ ratePerSecond: 1000 });
  const receive = bench.letters.receive.bind(bench.letters);
  bench.letters.receive = async (holdSeconds) => {
    bench.clock.advance(2_000);
    return receive(holdSeconds);
  };
  const began = bench.clock.now();
  await bench.receive();
  assert.ok(bench.clock.now() - began <= TURN_MS + 2_000, 'a turn and the page it ends with');
  assert.equal(bench.queue.sent.length, 50);
  const [{ body = '', ...rest } = {}] = bench.taskQueue.sent;
  assert.deepEqual(rest, { delaySeconds: 0, group: 'acme' });
  assert.equal(decodeTaskMessage(body).header.task, 'tsk_1');
  const task = await bench.redrive();
  assert.deepEqual([task.status, task.sent, new Set(bench.events()).size], ['done', 200, 200]);
});

test('a long count is done in turns as well, dry run or not, and each record is looked at once', async () => {
  for (const dryRun of [true, false]) {
    const bench = redriveBench();
    for (let i = 0; i < 100; i++) await bench.die(`evt_${i}`);
    let pages = 0;
    const entries = bench.index.entries.bind(bench.index);
    bench.index.entries = async function* (tenant, after) {
      for await (const page of entries(tenant, after)) {
        pages++;
        bench.clock.advance(3_000);
        yield page;
      }
    };
    await bench.start({ dryRun });
    const began = bench.clock.now();
    await bench.receive();
    assert.ok(bench.clock.now() - began <= TURN_MS + 3_000);
    assert.equal((await bench.tasks.get('tsk_1'))?.status, 'running');
    const task = await bench.redrive();
    assert.deepEqual([task.status, task.matched, task.sent], ['done', 100, dryRun ? 0 : 100]);
    assert.ok(pages <= 36, `${pages} pages of three`);
  }
});

test('a dry run that has a limit counts no further', async () => {
  const bench = redriveBench();
  for (let i = 0; i < 30; i++) await bench.die(`evt_${i}`);
  assert.equal((await bench.redrive({ dryRun: true, limit: 7 })).matched, 7);
});

test('a task that was under way before counts were noted carries on', async () => {
  const bench = redriveBench();
  for (let i = 0; i < 12; i++) await bench.die(`evt_${i}`);
  const progress = String(bench.clock.now());
  await bench.tasks.create(redriveTask({}, { status: 'running', createdAt: bench.clock.now(), progress }));
  const task = await bench.redrive();
  assert.deepEqual([task.status, task.sent], ['done', 12]);
});

test('a page that does not end is given up, its message comes again, and nothing is lost', async () => {
  let hangs = true;
  const asked: number[] = [];
  const bench = redriveBench({
    after: (ms, work) => {
      asked.push(ms);
      const soon = setImmediate(() => setImmediate(work));
      return () => clearImmediate(soon);
    },
  });
  await bench.die('evt_1');
  await bench.start();
  const receive = bench.letters.receive.bind(bench.letters);
  bench.letters.receive = (holdSeconds) => (hangs ? new Promise(() => undefined) : receive(holdSeconds));
  assert.deepEqual(await bench.receive(), ['tsk_1']);
  assert.ok(asked.includes(PAGE_MS));
  assert.equal((await bench.tasks.get('tsk_1'))?.status, 'running');
  hangs = false;
  const task = await bench.redrive();
  assert.deepEqual([task.status, bench.events()], ['done', ['evt_1']]);
});

test('the timer of the machine gives up in time, and keeps no process waiting for what ended', async () => {
  assert.equal(await within(systemAfter, 60_000, Promise.resolve(7)), 7);
  await assert.rejects(within(systemAfter, 1, new Promise(() => undefined)), TooLateError);
  await assert.rejects(within(systemAfter, 60_000, Promise.reject(new Error('its own'))), /its own/);
});
