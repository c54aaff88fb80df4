import type { DeliveryRow } from '../delivery.ts';
import { decidingRow } from '../delivery-fold.ts';
import type { DeliveryLog } from './ports.ts';
import { eventKeyOf, type Target } from './target.ts';

/**
 * Whether a delivery that is about to be given up went another way: a queue may hand one message to two workers, of
 * whom the other met with success, or goes on. What he said is in the log by now, unless he is slower still; redrive
 * looks once more. `failed`: the row that gives the delivery up, which may be missing in the log.
 */
export async function isOverruled(log: DeliveryLog, target: Target, failed: DeliveryRow): Promise<boolean> {
  const found = await log.rowsOfEach(eventKeyOf(target.message), [target]);
  const rows = found.get(target.delivery) ?? [];
  return decidingRow([failed, ...rows]) !== failed;
}
