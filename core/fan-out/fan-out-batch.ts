import type { Clock, Deadline } from '../clock.ts';
import type { ReceivedRecord } from '../queue.ts';
import { report } from './fan-out-report.ts';
import { FanOutRun, type FanOutRunDeps } from './fan-out-run.ts';
import type { Posted } from './tenant-pass.ts';

export interface FanOutDeps extends FanOutRunDeps {
  readonly clock: Clock;
}

/** The invocation at hand. */
export interface Invocation extends Deadline {
  /** Acknowledges messages now, and not when the invocation ends. */
  acknowledge(messageIds: readonly string[]): Promise<void>;
}

/**
 * Works through a batch of the queue `events`. Answers the ids of the messages that must come again: those whose
 * event could not be read, put on record, or sent on whole.
 *
 * Messages that come for the first time are worked on together. One that came before may be why a worker died, so it is
 * worked on alone, after what came before it was acknowledged: whatever it does, it takes nobody with it.
 */
export async function fanOutBatch(
  deps: FanOutDeps,
  records: readonly ReceivedRecord[],
  invocation: Invocation,
): Promise<ReadonlySet<string>> {
  const began = deps.clock.now();
  const run = new FanOutRun(deps, invocation);
  const posted = distinct(records);
  const repeats = inTurns(posted.filter(({ receiveCount }) => receiveCount > 1));
  const groups = [posted.filter(({ receiveCount }) => receiveCount === 1), ...repeats.map((one) => [one])];
  for (const [i, group] of groups.entries()) {
    await run.together(group);
    if (i < groups.length - 1) await acknowledge(deps, invocation, group, run.failed);
  }
  report(deps, run, began);
  return run.failed;
}

/** Copies of one message side by side would each find nothing started, and send everything. */
function distinct(records: readonly ReceivedRecord[]): readonly Posted[] {
  const copies = Map.groupBy(records, ({ body }) => body);
  return [...copies].map(([body, same]) => ({
    body,
    messageIds: same.map(({ messageId }) => messageId),
    receiveCount: Math.max(...same.map(({ receiveCount }) => receiveCount)),
  }));
}

/**
 * One that kills its worker keeps those behind it waiting, and they come again together. So the order changes: whoever
 * was behind it the last time is before it now.
 */
function inTurns(repeats: readonly Posted[]): readonly Posted[] {
  const ordered = repeats.toSorted((a, b) => (a.body < b.body ? -1 : 1));
  const receives = Math.max(...repeats.map(({ receiveCount }) => receiveCount));
  return receives % 2 === 0 ? ordered : ordered.toReversed();
}

async function acknowledge(
  { log }: FanOutDeps,
  invocation: Invocation,
  group: readonly Posted[],
  failed: ReadonlySet<string>,
): Promise<void> {
  const messageIds = group.flatMap((one) => one.messageIds).filter((id) => !failed.has(id));
  if (messageIds.length === 0) return;
  try {
    await invocation.acknowledge(messageIds);
  } catch (cause) {
    // They are acknowledged when the invocation ends, if it does.
    log.warn('fan-out.acknowledge-failed', { messageIds }, cause);
  }
}
