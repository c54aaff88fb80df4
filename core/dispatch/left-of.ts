import type { DeliveryMessage } from '../../contract/messages.ts';
import type { Clock } from '../clock.ts';
import type { Event } from '../event.ts';
import type { ReceivedRecord } from '../queue.ts';
import type { Settlement } from './decision.ts';
import type { DeliveryLog } from './ports.ts';
import { resume } from './resume.ts';
import { eventKeyOf, targetOf } from './target.ts';

/**
 * What the log says is left to do for targets that somebody may have worked on before, by delivery; the others'
 * attempts are to be made. That may be only if a message came before, or is not about first attempts.
 */
export async function leftOf(
  { deliveryLog, clock }: { readonly deliveryLog: DeliveryLog; readonly clock: Clock },
  { receiveCount }: ReceivedRecord,
  header: DeliveryMessage,
  event: Event,
): Promise<ReadonlyMap<string, Settlement>> {
  const isFirst = header.attempt === 1 && header.trigger === 'schedule';
  if (receiveCount === 1 && isFirst && header.held === undefined) return new Map();
  const targets = header.targets.map((id) => targetOf(header, event, id));
  const rows = await deliveryLog.rowsOfEach(eventKeyOf(header), targets);
  const now = clock.now();
  const left = new Map<string, Settlement>();
  for (const target of targets) {
    const settlement = resume(target, rows.get(target.delivery) ?? [], now);
    if (settlement) left.set(target.delivery, settlement);
  }
  return left;
}
