import type { Clock, Deadline } from '../clock.ts';
import type { DeliveryLog } from '../dispatch/ports.ts';
import type { Log } from '../log.ts';
import { decodeTaskMessage, encodeMessage } from '../message.ts';
import type { Meter } from '../meter.ts';
import type { MessageQueue } from '../queue.ts';
import type { RedriveRequest, Task } from '../task.ts';
import { countDeadLetters } from './count-dead-letters.ts';
import type { DeadLetterIndex, DeadLetterQueue, SubscriptionExistence, TaskStore } from './ports.ts';
import { redriveLetters } from './redrive-letters.ts';

export interface RedriveDeps {
  readonly tasks: TaskStore;
  readonly letters: DeadLetterQueue;
  readonly index: DeadLetterIndex;
  readonly subscriptions: SubscriptionExistence;
  readonly deliveryLog: DeliveryLog;
  /** The queue `deliveries`. */
  readonly deliveries: MessageQueue;
  /** The queue `tasks`. */
  readonly taskQueue: MessageQueue;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
}

/** What one invocation added to a task. */
export interface PageResult {
  readonly matched: number;
  readonly sent: number;
  readonly dropped: number;
  readonly finished: boolean;
  /** When the pace allows the next delivery. */
  readonly nextSendAt: number;
}

const MAX_TRIES = 10;
/** Longest delay of a task message, in seconds. */
const MAX_DELAY_SECONDS = 900;

/**
 * Does a page of a task and sends the task's message on until it is done. A message for a task that is over, or
 * unknown, comes to nothing.
 */
export async function workOnTask(deps: RedriveDeps, body: string, deadline: Deadline): Promise<void> {
  const began = deps.clock.now();
  const task = await deps.tasks.get(decodeTaskMessage(body).header.task);
  if (task === null || (task.status !== 'queued' && task.status !== 'running')) return;
  if (task.request.kind !== 'redrive') throw new Error(`no worker for a task of kind ${task.kind}`);
  const running = task.status === 'running' ? task : await deps.tasks.update({ ...task, status: 'running' });
  // Somebody else has just begun or cancelled it: their message goes on.
  if (running === null) return;
  const page = await pageOf(deps, running, task.request, deadline);
  const after = await addToTask(deps, task.id, page);
  deps.log.info('redrive.done', {
    taskId: task.id,
    tenant: task.tenant,
    matched: page.matched,
    sent: page.sent,
    dropped: page.dropped,
    finished: page.finished,
    durationMs: deps.clock.now() - began,
  });
  if (after.status === 'running') await sendOn(deps, after);
}

async function pageOf(
  deps: RedriveDeps,
  task: Task,
  request: RedriveRequest,
  deadline: Deadline,
): Promise<PageResult> {
  if (request.dryRun) {
    const matched = await countDeadLetters(deps.index, request, deps.clock.now());
    return { matched, sent: 0, dropped: 0, finished: true, nextSendAt: task.nextSendAt };
  }
  return redriveLetters(deps, task, request, deadline);
}

/** Adds the page's counts to the task as it is now, whoever else wrote it meanwhile. A cancelled task stays so. */
async function addToTask(deps: RedriveDeps, id: string, page: PageResult): Promise<Task> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const task = await deps.tasks.get(id);
    if (task === null) throw new Error('the task is gone');
    const finished = page.finished && task.status === 'running';
    const next = await deps.tasks.update({
      ...task,
      matched: task.matched + page.matched,
      sent: task.sent + page.sent,
      dropped: task.dropped + page.dropped,
      nextSendAt: Math.max(task.nextSendAt, page.nextSendAt),
      status: finished ? 'done' : task.status,
      finishedAt: finished ? deps.clock.now() : task.finishedAt,
    });
    if (next !== null) return next;
  }
  throw new Error('the task is written by too many at once');
}

async function sendOn(deps: RedriveDeps, task: Task): Promise<void> {
  // The next page may begin a little before the pace allows: what it sends is delayed anyway.
  const waitMs = Math.max(0, task.nextSendAt - deps.clock.now() - 60_000);
  await deps.taskQueue.send([
    {
      body: encodeMessage({ v: 1, task: task.id }, ''),
      delaySeconds: Math.min(MAX_DELAY_SECONDS, Math.floor(waitMs / 1000)),
    },
  ]);
}
