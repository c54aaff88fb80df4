import type { Deadline } from '../clock.ts';
import { decodeTaskMessage, encodeMessage } from '../message.ts';
import type { OperationalEvents } from '../operational-events.ts';
import type { MessageQueue } from '../queue.ts';
import { isOpen, type Task } from '../task.ts';
import { EventReplay, type EventReplayDeps } from './event-replay.ts';
import { LetterRedrive, type LetterRedriveDeps } from './letter-redrive.ts';
import type { SubscriptionExistence, SubscriptionLookup, TaskStore } from './ports.ts';
import type { TaskHandler, TaskPage } from './task-handler.ts';

export interface RedriveDeps extends LetterRedriveDeps, EventReplayDeps {
  readonly subscriptions: SubscriptionExistence & SubscriptionLookup;
  readonly tasks: TaskStore;
  /** The queue `tasks`. */
  readonly taskQueue: MessageQueue;
  readonly operational: OperationalEvents;
}

/** Time kept free at the end of an invocation, in milliseconds: a page, and giving back what is held. */
const MARGIN_MS = 10_000;
/** Tries to write a task that others write at the same time. */
const MAX_TRIES = 20;

/**
 * Does pages of a task until it is over, has to wait, or time is up, and in the latter two cases sends the
 * task's message on. A message for an unknown task comes to nothing; that of one that is over tells once more
 * that it is, because the worker that ended it may have died before it could. A task whose message was delivered
 * twice belongs to the worker that began last; the other one stops after its page.
 */
export async function workOnTask(deps: RedriveDeps, body: string, deadline: Deadline): Promise<void> {
  const began = deps.clock.now();
  const claimed = await claim(deps.tasks, decodeTaskMessage(body).header.task);
  if (claimed === null) return;
  if (!isOpen(claimed)) return tellFinished(deps, claimed);
  const { task, delaySeconds } = await work(deps, claimed, deadline);
  deps.log.info('redrive.done', {
    taskId: task.id,
    kind: task.kind,
    tenant: task.tenant,
    status: task.status,
    matched: task.matched - claimed.matched,
    sent: task.sent - claimed.sent,
    dropped: task.dropped - claimed.dropped,
    delaySeconds,
    durationMs: deps.clock.now() - began,
  });
  if (!isOpen(task)) await tellFinished(deps, task);
  if (delaySeconds !== null) {
    await deps.taskQueue.send([{ body: encodeMessage({ v: 1, task: task.id }, ''), delaySeconds }]);
  }
}

/** However often it is told, one event tells of it. */
async function tellFinished({ operational }: RedriveDeps, task: Task): Promise<void> {
  const { id, kind, status, tenant, matched, sent, dropped } = task;
  const data = { tenant, task: id, kind, status, matched, sent, dropped };
  await operational.publish('task.finished', id, data);
}

/** A task as it is after some pages, and when its message is due again; null: never. */
interface Worked {
  readonly task: Task;
  readonly delaySeconds: number | null;
}

async function work(deps: RedriveDeps, claimed: Task, deadline: Deadline): Promise<Worked> {
  const handler = handlerOf(deps, claimed);
  for (let task = claimed; ; ) {
    const page = await handler.page(task);
    task = await addPage(deps, task, page);
    const over = !isOpen(task) || task.claim !== claimed.claim;
    if (!over && page.error === null && page.next.kind === 'go-on') {
      // What is held stays held, so that the next invocation carries on where this one stopped.
      if (deadline.remainingMs() < MARGIN_MS) return { task, delaySeconds: 0 };
      continue;
    }
    await handler.release();
    if (page.error !== null) throw page.error;
    return { task, delaySeconds: page.next.kind === 'wait' && !over ? page.next.seconds : null };
  }
}

function handlerOf(deps: RedriveDeps, { request }: Task): TaskHandler {
  return request.kind === 'redrive' ? new LetterRedrive(deps, request) : new EventReplay(deps, request);
}

/** Takes a task over, unless it is over. Null if there is no such task. */
async function claim(tasks: TaskStore, id: string): Promise<Task | null> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const task = await tasks.get(id);
    if (task === null || !isOpen(task)) return task;
    const claimed = await tasks.update({ ...task, status: 'running', claim: task.revision + 1 });
    if (claimed !== null) return claimed;
  }
  throw new Error('the task is written by too many at once');
}

/**
 * Adds a page to the task. If somebody wrote it meanwhile (a cancellation, another worker), the counts are added
 * to what they wrote and everything else stays theirs.
 */
async function addPage(deps: RedriveDeps, before: Task, page: TaskPage): Promise<Task> {
  const { next, nextSendAt, progress } = page;
  const over = next.kind === 'done' || next.kind === 'failed';
  let task: Task | null = before;
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    if (task === null) throw new Error('the task is gone');
    const mine = isOpen(task) && task.claim === before.claim;
    const after: Task | null = await deps.tasks.update({
      ...task,
      matched: task.matched + page.matched,
      sent: task.sent + page.sent,
      dropped: task.dropped + page.dropped,
      nextSendAt: Math.max(task.nextSendAt, nextSendAt),
      ...(mine ? { progress } : {}),
      ...(mine && over
        ? {
            status: next.kind,
            failure: next.kind === 'failed' ? next.failure : null,
            finishedAt: deps.clock.now(),
          }
        : {}),
    });
    if (after !== null) return after;
    task = await deps.tasks.get(before.id);
  }
  throw new Error('the task is written by too many at once');
}
