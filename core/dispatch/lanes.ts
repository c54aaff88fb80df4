import { SQS } from '../../contract/limits.ts';
import { encodeMessage } from '../message.ts';
import type { Decision } from './decision.ts';
import type { Outgoing, Pending } from './pending.ts';
import type { ParkedDelivery } from './ports.ts';
import { inSlowLaneNow } from './target.ts';
import { inSeconds, inSlowLane } from './waiting.ts';

/** Queues that deliveries wait on. */
export type Lane = 'deliveries' | 'slow';

/** The queue on which a delivery waits, if it does. */
export function laneOf(decision: Decision): Lane {
  return 'slow' in decision && decision.slow ? 'slow' : 'deliveries';
}

/** The message that waits on a queue for its time to come. */
export function waitingOn(lane: Lane, pending: Pending, waiting: ParkedDelivery, now: number): Outgoing {
  const { target, decision } = pending.settlement;
  const { message } = lane === 'slow' ? inSlowLane(waiting) : waiting;
  const delayMs = Math.max(0, waiting.dueAt - now);
  return {
    about: [pending],
    message: {
      body: encodeMessage(message, target.event.data),
      delaySeconds: Math.min(SQS.maxDelaySeconds, inSeconds(delayMs, decision)),
      group: target.event.tenant,
    },
  };
}

/** The messages that move to the slow lane: those that came in one message go in one. */
export function movedToSlowLane(batch: readonly Pending[]): readonly Outgoing[] {
  const moved = batch.filter(({ settlement }) => settlement.decision.kind === 'slow-lane');
  const byMessage = Map.groupBy(moved, ({ settlement }) => settlement.target.message);
  return [...byMessage].flatMap(([message, about]) => {
    const targets = about.map(({ settlement }) => settlement.target);
    const [first] = targets;
    if (first === undefined) return [];
    const ids = targets.map(({ subscription }) => subscription);
    const body = encodeMessage(inSlowLaneNow(message, ids), first.event.data);
    return { about, message: { body, group: first.event.tenant } };
  });
}
