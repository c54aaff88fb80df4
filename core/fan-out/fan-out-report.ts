import type { Clock } from '../clock.ts';
import type { Event } from '../event.ts';
import type { Log } from '../log.ts';
import type { Meter } from '../meter.ts';
import { traceIdOf } from '../trace.ts';
import type { FanOutRun } from './fan-out-run.ts';
import type { Done } from './send-deliveries.ts';

interface ReportDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
}

/** Tells what an invocation did, in one line and in metrics. */
export function report(deps: ReportDeps, run: FanOutRun, began: number): void {
  logDone(deps, run, began);
  measure(deps.meter, run);
}

function logDone({ clock, log }: ReportDeps, { done, failed, putBack, messages }: FanOutRun, began: number) {
  const now = clock.now();
  // Those that are sent on are named by dispatch; here only those of which nothing more is heard, or not all.
  const idsOf = (which: (one: Done) => boolean): readonly string[] =>
    done.filter(which).map(({ event }) => event.id);
  const costlyIds = idsOf(({ costly }) => costly > 0);
  const isRoutine = failed.size === 0 && costlyIds.length === 0 && putBack.length === 0;
  log[isRoutine ? 'routine' : 'info']('fan-out.done', {
    tenants: [...new Set(done.map(({ event }) => event.tenant))],
    unmatchedIds: idsOf(({ kind, matched }) => kind !== 'foreign' && matched === 0),
    repeatIds: idsOf(({ kind }) => kind === 'foreign'),
    resumedIds: idsOf(({ kind }) => kind === 'resumed'),
    traceIds: [...new Set(done.flatMap(({ event }) => traceIdOf(event.trace) ?? []))],
    events: done.length,
    failed: failed.size,
    matched: done.reduce((sum, { matched }) => sum + matched, 0),
    oldestMs: done.reduce((oldest, { event }) => Math.max(oldest, now - event.acceptedAt), 0),
    ...(costlyIds.length === 0 ? {} : { costlyIds }),
    ...(putBack.length === 0 ? {} : namesOf(putBack)),
    messages,
    durationMs: now - began,
  });
}

/** Events whose subscriptions take longer than a run. */
function namesOf(putBack: readonly Event[]) {
  return {
    putBackIds: putBack.map(({ id }) => id),
    putBackTenants: [...new Set(putBack.map(({ tenant }) => tenant))],
  };
}

function measure(meter: Meter, { done, failed }: FanOutRun): void {
  for (const { kind, matched } of done) {
    if (kind !== 'new') continue;
    meter.measure('FanOutSize', matched);
    if (matched === 0) meter.measure('EventsUnmatched', 1);
  }
  if (failed.size > 0) meter.measure('BatchItemsReturned', failed.size, 'fan-out');
}
