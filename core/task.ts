/** Long work that is done in pages. Times are epoch milliseconds. */
export interface Task {
  readonly id: string;
  readonly kind: 'redrive' | 'replay';
  readonly status: 'queued' | 'running' | 'done' | 'cancelled' | 'failed';
  /** The tenant whose deliveries it is about. */
  readonly tenant: string;
  readonly request: RedriveRequest | ReplayRequest;
  readonly matched: number;
  readonly sent: number;
  readonly dropped: number;
  /** Where the next page begins, as the worker wrote it; opaque to everybody else. */
  readonly progress: string | null;
  /** When the next message may be sent at the asked pace. */
  readonly nextSendAt: number;
  readonly createdAt: number;
  readonly finishedAt: number | null;
  /** Plain-English reason of a failed task. */
  readonly failure: string | null;
  /** Revision at which the worker that has the task now took it over; 0 before the first. */
  readonly claim: number;
  /** Counts writes, from 1; a writer that read an older copy must read again. */
  readonly revision: number;
  /** Set while it is on the list of its tenant's open tasks; the store takes it off when the task is over. */
  readonly listed?: true;
}

/** Whether a task can still change. */
export function isOpen(task: Task): boolean {
  return task.status === 'queued' || task.status === 'running';
}

/**
 * What only one open task of a tenant may do at a time: a replay sends everything again, so two at once would send it
 * twice to somebody who may not even have asked for it once. Null: any number may.
 */
export function workOf(request: Task['request']): string | null {
  if (request.kind !== 'replay') return null;
  return `${request.dryRun ? 'count' : 'replay'} ${request.subscription}`;
}

/** Which dead letters to send again, and how. */
export interface RedriveRequest {
  readonly kind: 'redrive';
  readonly tenant: string;
  readonly subscription: string | null;
  readonly eventType: string | null;
  /** Bounds on the delivery's creation: `since` inclusive, `until` exclusive. */
  readonly since: number | null;
  readonly until: number | null;
  readonly limit: number | null;
  readonly ratePerSecond: number;
  readonly dryRun: boolean;
}

/** Which events to send a subscription again. */
export interface ReplayRequest {
  readonly kind: 'replay';
  readonly tenant: string;
  readonly subscription: string;
  readonly since: number;
  readonly until: number;
  readonly status: 'failed' | 'missing' | 'all';
  readonly eventTypes: readonly string[] | null;
  readonly ratePerSecond: number;
  readonly dryRun: boolean;
}
