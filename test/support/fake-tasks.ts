import { QUOTA, type Quotas } from '../../contract/limits.ts';
import type { TaskCreation, TaskStore } from '../../core/redrive/ports.ts';
import { isOpen, type Task, workOf } from '../../core/task.ts';

/** Tasks in memory. */
export class FakeTasks implements TaskStore {
  readonly #tasks = new Map<string, Task>();
  quotas: Pick<Quotas, 'openTasksPerTenant'> = QUOTA;

  get all(): readonly Task[] {
    return [...this.#tasks.values()];
  }

  async get(id: string): Promise<Task | null> {
    return this.#tasks.get(id) ?? null;
  }

  async create(task: Task): Promise<TaskCreation> {
    if (this.#tasks.has(task.id)) throw new Error('the task exists');
    const open = this.all.filter((one) => one.listed && one.tenant === task.tenant);
    const work = workOf(task.request);
    const same = open.find(({ request }) => work !== null && workOf(request) === work);
    if (same) return { kind: 'same', task: same.id };
    if (open.length >= this.quotas.openTasksPerTenant) {
      return { kind: 'too-many', open: open.map(({ id }) => id) };
    }
    this.#tasks.set(task.id, task);
    return { kind: 'created' };
  }

  async update(task: Task): Promise<Task | null> {
    if (this.#tasks.get(task.id)?.revision !== task.revision) return null;
    const { listed, ...over } = { ...task, revision: task.revision + 1 };
    const next: Task = listed && isOpen(task) ? { ...over, listed } : over;
    this.#tasks.set(task.id, next);
    return next;
  }
}
