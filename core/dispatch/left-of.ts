import type { DeliveryMessage } from '../../contract/messages.ts';
import type { Clock } from '../clock.ts';
import { lastRequest } from '../delivery-rows.ts';
import type { Event } from '../event.ts';
import type { ReceivedRecord } from '../queue.ts';
import type { Settlement } from './decision.ts';
import type { DeliveryLog } from './ports.ts';
import { resume } from './resume.ts';
import { eventKeyOf, type Target, targetOf } from './target.ts';
import type { UnloggedRows } from './unlogged-rows.ts';

/** A target that the log knows, and what is left to do for it; null: to make the attempt. */
export interface KnownTarget {
  readonly target: Target;
  readonly left: Settlement | null;
}

export interface LeftOfDeps {
  readonly deliveryLog: DeliveryLog;
  readonly unlogged: UnloggedRows;
  readonly clock: Clock;
}

/**
 * What the log says of targets that somebody may have worked on before, by subscription. That may be only if a message
 * came before, or is not about first attempts.
 */
export async function leftOf(
  { deliveryLog, unlogged: unloggedRows, clock }: LeftOfDeps,
  { receiveCount }: ReceivedRecord,
  header: DeliveryMessage,
  event: Event,
): Promise<ReadonlyMap<string, KnownTarget>> {
  const isFirst = header.attempt === 1 && header.trigger === 'schedule';
  if (receiveCount === 1 && isFirst && header.held === undefined) return new Map();
  const targets = header.targets.map((id) => targetOf(header, event, id));
  const rows = await deliveryLog.rowsOfEach(eventKeyOf(header), targets);
  const now = clock.now();
  const known = new Map<string, KnownTarget>();
  for (const unnumbered of targets) {
    const unlogged = unloggedRows.of({ tenant: event.tenant, delivery: unnumbered.delivery });
    const own = [...(rows.get(unnumbered.delivery) ?? []), ...(unlogged ? [unlogged] : [])];
    if (own.length === 0) continue;
    // Turns that sent nothing are no requests, and attempts by hand are some. Rows of this run may be lost.
    const target = { ...unnumbered, request: Math.max(header.step, lastRequest(own)) + 1 };
    const left = resume(target, own, now);
    const isOwn = unlogged?.attempt === header.attempt && unlogged.run === header.run;
    // What could not be written when the attempt was made is written now.
    known.set(target.subscription, { target, left: left && isOwn ? { ...left, row: unlogged } : left });
  }
  return known;
}
