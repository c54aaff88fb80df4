import { SQS } from '../../contract/limits.ts';
import type { After, Deadline } from '../clock.ts';
import { decodeTaskMessage, encodeMessage } from '../message.ts';
import type { OperationalEvents } from '../operational-events.ts';
import type { MessageQueue } from '../queue.ts';
import { isOpen, type Task } from '../task.ts';
import { within } from '../within.ts';
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
  readonly after: After;
}

/**
 * How long a task is worked on before the next one has its turn, in milliseconds: its message goes to the end of the
 * queue. As long as a page takes a second or two, others wait for no more than the turns of what was there before.
 */
export const TURN_MS = 10_000;
/** Longest time for a page, in milliseconds; it takes a second or two unless a store does not answer. */
export const PAGE_MS = 20_000;
/** Longest time to read and write a task's record, in milliseconds. */
const STORE_MS = 10_000;
/** Time kept free at the end of an invocation, in milliseconds: a page, and giving back what is held. */
const MARGIN_MS = PAGE_MS + 5_000;
/** Tries to write a task that others write at the same time. */
const MAX_TRIES = 20;

/**
 * Does pages of a task until it is over, has to wait, or its turn is over, and in the latter two cases sends the
 * task's message on. A message for an unknown task comes to nothing; that of one that is over tells once more
 * that it is, because the worker that ended it may have died before it could. A task whose message was delivered
 * twice belongs to the worker that began last; the other one stops after its page.
 */
export async function workOnTask(deps: RedriveDeps, message: string, deadline: Deadline): Promise<void> {
  const began = deps.clock.now();
  const { task: id } = decodeTaskMessage(message).header;
  const claimed = await within(deps.after, STORE_MS, claim(deps.tasks, id));
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
    const body = encodeMessage({ v: 1, task: task.id }, '');
    await deps.taskQueue.send([{ body, delaySeconds, group: task.tenant }]);
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
  const turnEndsAt = deps.clock.now() + TURN_MS;
  for (let task = claimed; ; ) {
    const page = await within(deps.after, PAGE_MS, handler.page(task));
    task = await within(deps.after, STORE_MS, addPage(deps, task, page));
    const over = !isOpen(task) || task.claim !== claimed.claim;
    if (!over && page.error === null && page.next.kind === 'go-on') {
      // What is held stays held, so that the next invocation carries on where this one stopped.
      const isTurnOver = deps.clock.now() >= turnEndsAt || deadline.remainingMs() < MARGIN_MS;
      if (isTurnOver) return { task, delaySeconds: 0 };
      continue;
    }
    await handler.release();
    if (page.error !== null) throw page.error;
    // A worker whose clock is behind may see the task far ahead.
    const seconds = page.next.kind === 'wait' ? Math.min(page.next.seconds, SQS.maxDelaySeconds) : null;
    return { task, delaySeconds: over ? null : seconds };
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
