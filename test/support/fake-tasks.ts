import type { TaskStore } from '../../core/redrive/ports.ts';
import type { Task } from '../../core/task.ts';

/** Tasks in memory. */
export class FakeTasks implements TaskStore {
  readonly #tasks = new Map<string, Task>();

  get all(): readonly Task[] {
    return [...this.#tasks.values()];
  }

  async get(id: string): Promise<Task | null> {
    return this.#tasks.get(id) ?? null;
  }

  async create(task: Task): Promise<void> {
    if (this.#tasks.has(task.id)) throw new Error('the task exists');
    this.#tasks.set(task.id, task);
  }

  async update(task: Task): Promise<Task | null> {
    if (this.#tasks.get(task.id)?.revision !== task.revision) return null;
    const next = { ...task, revision: task.revision + 1 };
    this.#tasks.set(task.id, next);
    return next;
  }
}
