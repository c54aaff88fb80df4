import type { Stage } from '../../contract/environment.ts';

/**
 * How long each function may run, in seconds. The queues' visibility follows from it.
 *
 * `dispatch` and `fan-out` stop taking up work two seconds before; an attempt may take 30 s
 * (`SUBSCRIPTION.maxTimeoutSeconds`), so those that start in the first half always end. `manage` stays below the
 * 30 s that an HTTP API waits. `retry` ends before the next minute's run begins.
 */
export const TIMEOUT_SECONDS: Readonly<Record<Stage, number>> = {
  ingest: 10,
  'fan-out': 60,
  dispatch: 60,
  retry: 55,
  redrive: 60,
  manage: 29,
};
