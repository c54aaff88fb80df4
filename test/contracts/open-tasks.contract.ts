import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskStore } from '../../core/redrive/ports.ts';
import type { ReplayRequest, Task } from '../../core/task.ts';
import { redriveTask } from '../support/redrive-task.ts';

/** How many open tasks a store lets a tenant have. `open` gives an empty one. */
export function openTasksContract(
  name: string,
  open: (quotas: { openTasksPerTenant: number }) => Promise<TaskStore>,
): void {
  test(`${name}: C074: of twenty tasks created at once with room for one, one is, and no other is on record`, async () => {
    const tasks = await open({ openTasksPerTenant: 3 });
    for (const id of ['tsk_a', 'tsk_b']) assert.equal((await tasks.create(redrive(id))).kind, 'created');
    const ids = Array.from({ length: 20 }, (_, i) => `tsk_r${i}`);
    const outcomes = await Promise.all(ids.map((id) => tasks.create(redrive(id))));
    assert.equal(outcomes.filter(({ kind }) => kind === 'created').length, 1);
    const made = (await Promise.all(ids.map((id) => tasks.get(id)))).filter((task) => task !== null);
    assert.equal(made.length, 1);
    const refused = await tasks.create(redrive('tsk_x'));
    assert.ok(refused.kind === 'too-many');
    assert.deepEqual([...refused.open].sort(), ['tsk_a', 'tsk_b', made[0]?.id]);
    assert.equal((await tasks.create(redrive('tsk_other', 'globex'))).kind, 'created');
  });

  for (const status of ['done', 'cancelled', 'failed'] as const) {
    test(`${name}: a task that is ${status} makes room for one more, however often it is written after that`, async () => {
      const tasks = await open({ openTasksPerTenant: 1 });
      await tasks.create(redrive('tsk_a'));
      assert.deepEqual(await tasks.create(redrive('tsk_b')), { kind: 'too-many', open: ['tsk_a'] });
      const ended = await tasks.update({ ...(await read(tasks, 'tsk_a')), status });
      assert.ok(ended);
      // Late counts of a worker that did not know yet.
      assert.ok(await tasks.update({ ...ended, matched: 1 }));
      assert.equal((await tasks.create(redrive('tsk_b'))).kind, 'created');
      assert.deepEqual(await tasks.create(redrive('tsk_c')), { kind: 'too-many', open: ['tsk_b'] });
      assert.equal((await tasks.get('tsk_a'))?.status, status);
    });
  }

  test(`${name}: a running task keeps its place whatever is written of it`, async () => {
    const tasks = await open({ openTasksPerTenant: 1 });
    await tasks.create(redrive('tsk_a'));
    const running = await tasks.update({ ...(await read(tasks, 'tsk_a')), status: 'running' });
    assert.ok(running && (await tasks.update({ ...running, matched: 5 })));
    assert.equal((await tasks.create(redrive('tsk_b'))).kind, 'too-many');
  });

  test(`${name}: a subscription has one replay at a time, and one dry run, and the next when it is over`, async () => {
    const tasks = await open({ openTasksPerTenant: 10 });
    const raced = await Promise.all(
      Array.from({ length: 8 }, (_, i) => tasks.create(replay(`tsk_r${i}`, 'sub_1'))),
    );
    const first = `tsk_r${raced.findIndex(({ kind }) => kind === 'created')}`;
    assert.equal(raced.filter(({ kind }) => kind === 'created').length, 1);
    assert.deepEqual(await tasks.create(replay('tsk_x', 'sub_1')), { kind: 'same', task: first });
    assert.equal((await tasks.create(replay('tsk_dry', 'sub_1', true))).kind, 'created');
    assert.deepEqual(await tasks.create(replay('tsk_dry2', 'sub_1', true)), {
      kind: 'same',
      task: 'tsk_dry',
    });
    assert.equal((await tasks.create(replay('tsk_two', 'sub_2'))).kind, 'created');
    const cancelled = await tasks.update({ ...(await read(tasks, first)), status: 'cancelled' });
    assert.equal((await tasks.create(replay('tsk_next', 'sub_1'))).kind, 'created');
    // The worker of the cancelled one still counts: the next one keeps its place.
    assert.ok(cancelled && (await tasks.update({ ...cancelled, sent: 3 })));
    assert.deepEqual(await tasks.create(replay('tsk_y', 'sub_1')), { kind: 'same', task: 'tsk_next' });
  });
}

async function read(tasks: TaskStore, id: string): Promise<Task> {
  const task = await tasks.get(id);
  assert.ok(task, id);
  return task;
}

function redrive(id: string, tenant = 'acme'): Task {
  return { ...redriveTask({ tenant }, { id }), listed: true };
}

function replay(id: string, subscription: string, dryRun = false): Task {
  const request: ReplayRequest = {
    kind: 'replay',
    tenant: 'acme',
    subscription,
    since: 0,
    until: 1,
    status: 'all',
    eventTypes: null,
    ratePerSecond: 50,
    dryRun,
  };
  return { ...redriveTask({}, { id }), kind: 'replay', request, listed: true };
}
