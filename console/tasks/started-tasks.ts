import type { TaskBody } from '../../contract/api.ts';
import { readTab, writeTab } from '../data/tab-storage.ts';

const STORE = 'fanfare.tasks';
const KEPT = 20;

/** Ids of the tasks that were started from this tab, newest first; the API has no list of tasks. */
export function startedTasks(): readonly string[] {
  const stored = readTab(STORE);
  return stored === null ? [] : (JSON.parse(stored) as string[]);
}

export function rememberTask(task: TaskBody): TaskBody {
  const ids = [task.id, ...startedTasks().filter((id) => id !== task.id)];
  writeTab(STORE, JSON.stringify(ids.slice(0, KEPT)));
  return task;
}
