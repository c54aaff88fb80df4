import type { TaskBody } from '../../contract/api.ts';
import { type Context, EXIT, type ExitCode, Interrupted } from './command.ts';

/** Options of commands that start a task. */
export const TASK_OPTIONS = {
  yes: { type: 'boolean', help: 'do it without asking' },
  'dry-run': { type: 'boolean', help: 'only count what it would be' },
  detach: { type: 'boolean', help: 'print the task and do not wait for it' },
} as const;

export interface TaskChoices {
  readonly yes?: boolean;
  readonly 'dry-run'?: boolean;
  readonly detach?: boolean;
}

/** Work that a task does. */
export interface Work {
  /** What is counted: `Dead letters`. */
  readonly things: string;
  start(dryRun: boolean): Promise<TaskBody>;
}

/** Counts first, asks, then does it and shows how far it is. */
export async function doWork(context: Context, work: Work, choices: TaskChoices): Promise<ExitCode> {
  if (choices['dry-run'] || !choices.yes) {
    const counted = await finish(context, await work.start(true));
    if (counted.status !== 'done' || choices['dry-run'] || counted.matched === 0) {
      return show(context, counted, `${found(work, counted)} Nothing was sent.`);
    }
    context.out.endProgress();
    const answer = await context.ask(`${found(work, counted)} Send them?`);
    if (answer !== true) {
      const way = answer === null ? ' Add --yes to send them.' : '';
      return show(context, counted, `${found(work, counted)} Nothing was sent.${way}`);
    }
  }
  const task = await work.start(false);
  if (choices.detach) return show(context, task, `${task.id} was started`);
  return showTask(context, await finish(context, task));
}

/** Waits for a task and shows how far it is. */
export async function finish(context: Context, task: TaskBody): Promise<TaskBody> {
  let last = task;
  try {
    for await (const state of context.api.watchTask(task.id, { signal: context.signal })) {
      last = state;
      if (isOpen(state)) context.out.progress(describe(state));
    }
  } catch (error) {
    if (error instanceof Interrupted) {
      context.out.note(`The task goes on without you. To stop it: fanfare tasks cancel ${task.id}`);
    }
    throw error;
  }
  return last;
}

/** Prints a task as it stands. */
export function showTask(context: Context, task: TaskBody): ExitCode {
  return show(context, task, describe(task));
}

function show({ out, json }: Context, task: TaskBody, text: string): ExitCode {
  if (task.status === 'failed' || task.status === 'cancelled') out.note(describe(task));
  if (json) out.json(JSON.stringify(task));
  else out.line(text);
  return task.status === 'failed' || task.status === 'cancelled' ? EXIT.failure : EXIT.ok;
}

function found({ things }: Work, { matched }: TaskBody): string {
  return `${things} that match: ${matched}.`;
}

function isOpen({ status }: TaskBody): boolean {
  return status === 'queued' || status === 'running';
}

function describe({ id, kind, status, matched, sent, dropped, failure }: TaskBody): string {
  const counts = `${matched} matched, ${sent} sent${dropped > 0 ? `, ${dropped} dropped` : ''}`;
  return `${kind} ${id} ${status}: ${counts}${failure === undefined ? '' : `. ${failure}`}`;
}
