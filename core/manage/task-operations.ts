import { z } from 'zod';
import type { TaskBody } from '../../contract/api.ts';
import { type Quotas, TASK } from '../../contract/limits.ts';
import { type Caller, CHOSEN_ID_PATTERN, tenantFor } from '../api-key.ts';
import type { Clock, Random } from '../clock.ts';
import { newId } from '../id.ts';
import { encodeMessage } from '../message.ts';
import { Problem } from '../problem.ts';
import type { MessageQueue } from '../queue.ts';
import type { TaskStore } from '../redrive/ports.ts';
import { formatTime } from '../rfc3339.ts';
import { isOpen, type Task } from '../task.ts';
import { invalid, parseOptionalBody } from './body.ts';
import { eventTypeField, time } from './fields.ts';
import type { Operations } from './operation.ts';
import { BEFORE_UNTIL, isBackwards, pathId } from './query.ts';
import { tooManyAtOnce } from './quotas.ts';
import { tenantField, whole } from './subscription-input.ts';

export interface TaskOperationsDeps {
  readonly tasks: TaskStore;
  /** The queue `tasks`. */
  readonly queue: MessageQueue;
  readonly quotas: Quotas;
  readonly clock: Clock;
  readonly random: Random;
}

/** Deliveries a second that a task sends unless it is told otherwise. */
export const DEFAULT_RATE_PER_SECOND = 50;
const MAX_RATE_PER_SECOND = 1_000;
const MAX_LIMIT = 1_000_000;
/** Open tasks named in a refusal. */
const MAX_NAMED = 5;
/** Tries to cancel a task that a worker writes at the same time. */
const MAX_TRIES = 5;

/** Body of `POST /v1/redrive`. */
export const redriveRequest = z.strictObject({
  tenant: tenantField.optional(),
  subscription: z.string('must be a string').regex(CHOSEN_ID_PATTERN, 'must be an id').optional(),
  eventType: eventTypeField.optional(),
  since: time.optional(),
  until: time.optional(),
  limit: whole(1, MAX_LIMIT).optional(),
  ratePerSecond: whole(1, MAX_RATE_PER_SECOND).optional(),
  dryRun: z.boolean('must be true or false').optional(),
});

/** Starting, watching and stopping long work. */
export function taskOperations(
  deps: TaskOperationsDeps,
): Operations<'startRedrive' | 'getTask' | 'cancelTask'> {
  async function find(caller: Caller, given: string | undefined): Promise<Task> {
    const id = pathId(given);
    const task = id === null ? null : await deps.tasks.get(id);
    const mine = task !== null && (caller.tenant === null || caller.tenant === task.tenant);
    if (!mine) throw new Problem('not-found', 'There is no such task.');
    return task;
  }

  return {
    startRedrive: async ({ caller, body }) => {
      const input = parseOptionalBody(redriveRequest, body);
      const { since = null, until = null } = input;
      if (isBackwards(since, until)) {
        throw invalid('The time to redrive is empty.', [{ pointer: '/since', detail: BEFORE_UNTIL }]);
      }
      const tenant = tenantFor(caller, input.tenant);
      const task = newTask(deps, tenant, {
        kind: 'redrive',
        tenant,
        subscription: input.subscription ?? null,
        eventType: input.eventType ?? null,
        since,
        until,
        limit: input.limit ?? null,
        ratePerSecond: input.ratePerSecond ?? DEFAULT_RATE_PER_SECOND,
        dryRun: input.dryRun ?? false,
      });
      await startTask(deps, task);
      return { status: 202, body: taskView(task) };
    },

    getTask: async ({ caller, params }) => ({ status: 200, body: taskView(await find(caller, params.id)) }),

    cancelTask: async ({ caller, params }) => {
      for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
        const task = await find(caller, params.id);
        if (!isOpen(task)) {
          throw new Problem('conflict', `The task is ${task.status} already.`);
        }
        const cancelled = await deps.tasks.update({
          ...task,
          status: 'cancelled',
          finishedAt: deps.clock.now(),
        });
        if (cancelled !== null) return { status: 200, body: taskView(cancelled) };
      }
      throw new Problem('unavailable', 'The task is busy. Try again.', [], { 'retry-after': '1' });
    },
  };
}

/** A task that has not begun. */
export function newTask(
  deps: Pick<TaskOperationsDeps, 'clock' | 'random'>,
  tenant: string,
  request: Task['request'],
): Task {
  const now = deps.clock.now();
  return {
    id: newId('tsk', deps.clock, deps.random),
    kind: request.kind,
    status: 'queued',
    tenant,
    request,
    matched: 0,
    sent: 0,
    dropped: 0,
    progress: null,
    nextSendAt: now,
    createdAt: now,
    finishedAt: null,
    failure: null,
    claim: 0,
    revision: 1,
    listed: true,
  };
}

/**
 * Puts a task on record, then on the queue: a worker that gets the message finds the record. If the queue does
 * not take it, the task is marked failed, so that it does not look as if it were about to begin. Throws a 409 or 429
 * `Problem` if the tenant has one that does the same, or too many.
 */
export async function startTask(
  { tasks, queue, quotas }: Pick<TaskOperationsDeps, 'tasks' | 'queue' | 'quotas'>,
  task: Task,
): Promise<void> {
  const creation = await tasks.create(task);
  if (creation.kind === 'same') {
    throw new Problem(
      'conflict',
      `The task ${creation.task} is doing the same for this subscription. Wait until it is over, or cancel it (POST /v1/tasks/${creation.task}/cancel).`,
    );
  }
  if (creation.kind === 'too-many') {
    const hint = `, or cancel one of ${creation.open.slice(0, MAX_NAMED).join(', ')}`;
    throw tooManyAtOnce('openTasksPerTenant', quotas, TASK.retryAfterSeconds, hint);
  }
  try {
    await queue.send([{ body: encodeMessage({ v: 1, task: task.id }, ''), group: task.tenant }]);
  } catch (cause) {
    const failure = 'The task could not be queued.';
    await tasks.update({ ...task, status: 'failed', failure, finishedAt: task.createdAt });
    throw cause;
  }
}

/** A task as answers show it. */
export function taskView(task: Task): TaskBody {
  return {
    id: task.id,
    kind: task.kind,
    status: task.status,
    matched: task.matched,
    sent: task.sent,
    dropped: task.dropped,
    createdAt: formatTime(task.createdAt),
    finishedAt: task.finishedAt === null ? null : formatTime(task.finishedAt),
    ...(task.failure === null ? {} : { failure: task.failure }),
  };
}
