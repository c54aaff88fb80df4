import type { Task } from '../task.ts';

/** What a page of a task came to. */
export interface TaskPage {
  readonly matched: number;
  readonly sent: number;
  readonly dropped: number;
  /** When the pace allows the next delivery, in epoch milliseconds. */
  readonly nextSendAt: number;
  /** The handler's notes for the next page. */
  readonly progress: string | null;
  readonly next: TaskStep;
  /** What stopped the page half-way. It is counted first, then the error is raised and the task comes again. */
  readonly error: unknown;
}

/** What follows a page. */
export type TaskStep =
  /** Another page. */
  | { readonly kind: 'go-on' }
  /** Another page, but not before `seconds` have passed. */
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly failure: string };

/** Works on one task during one invocation. */
export interface TaskHandler {
  /** Does some work that takes a second or two at most. */
  page(task: Task): Promise<TaskPage>;
  /** Gives back what it holds, because the task is over, waits or went to another worker. */
  release(): Promise<void>;
}
