import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskStore } from '../../core/redrive/ports.ts';
import { redriveTask } from '../support/redrive-task.ts';

/** The same promises for every task store. `open` gives an empty one. */
export function taskStoreContract(name: string, open: () => Promise<TaskStore>): void {
  const task = redriveTask();

  test(`${name}: a task is found as it was created, and no other`, async () => {
    const tasks = await open();
    await tasks.create(task);
    assert.deepEqual(await tasks.get(task.id), task);
    assert.equal(await tasks.get('tsk_other'), null);
  });

  test(`${name}: a task is created once`, async () => {
    const tasks = await open();
    await tasks.create(task);
    await assert.rejects(tasks.create({ ...task, matched: 7 }));
    assert.deepEqual(await tasks.get(task.id), task);
  });

  test(`${name}: of two writers that read the same revision, one wins and the other learns it`, async () => {
    const tasks = await open();
    await tasks.create(task);
    const outcomes = await Promise.all(
      [1, 2, 3].map((matched) => tasks.update({ ...task, status: 'running', matched })),
    );
    const [winner, ...others] = outcomes.filter((outcome) => outcome !== null);
    assert.deepEqual([winner?.revision, others.length], [2, 0]);
    assert.deepEqual(await tasks.get(task.id), winner);
  });

  test(`${name}: an unknown task is not updated`, async () => {
    const tasks = await open();
    assert.equal(await tasks.update(task), null);
    assert.equal(await tasks.get(task.id), null);
  });
}
