import type { RedriveRequest, Task } from '../../core/task.ts';

/** A redrive task that has not begun; name only what matters to the test. */
export function redriveTask(request: Partial<RedriveRequest> = {}, fields: Partial<Task> = {}): Task {
  const createdAt = fields.createdAt ?? Date.UTC(2026, 0, 6);
  const tenant = request.tenant ?? 'acme';
  return {
    id: 'tsk_1',
    kind: 'redrive',
    status: 'queued',
    tenant,
    request: {
      kind: 'redrive',
      tenant,
      subscription: null,
      eventType: null,
      since: null,
      until: null,
      limit: null,
      ratePerSecond: 50,
      dryRun: false,
      ...request,
    },
    matched: 0,
    sent: 0,
    dropped: 0,
    progress: null,
    nextSendAt: createdAt,
    createdAt,
    finishedAt: null,
    failure: null,
    claim: 0,
    revision: 1,
    ...fields,
  };
}
