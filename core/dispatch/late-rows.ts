import type { DeliveryRow } from '../delivery.ts';
import type { Log } from '../log.ts';
import { decodeLateRow } from '../message.ts';
import type { Meter } from '../meter.ts';
import type { ReceivedRecord } from '../queue.ts';
import type { DeliveryLog } from './ports.ts';

/** What ends a delivery, except for a success, which stands anyway. */
const ENDS: readonly DeliveryRow['status'][] = ['failed', 'cancelled', 'skipped'];

export interface LateRowsDeps {
  readonly deliveryLog: DeliveryLog;
  readonly log: Log;
  readonly meter: Meter;
}

/**
 * Writes rows that could not be written when their attempts were made. Answers the ids of the messages that must come
 * again; the queue bounds how often, and keeps what was in vain with its poison.
 */
export async function writeLateRows(
  { deliveryLog, log, meter }: LateRowsDeps,
  records: readonly ReceivedRecord[],
): Promise<ReadonlySet<string>> {
  const failed = new Set<string>();
  const write = async ({ messageId, receiveCount, body }: ReceivedRecord): Promise<void> => {
    try {
      const row = decodeLateRow(body);
      await deliveryLog.append([await asItStands(deliveryLog, row)]);
      const { tenant, event: eventId, subscription: subscriptionId, attempt } = row;
      log.info('dispatch.late-row', { messageId, receiveCount, tenant, eventId, subscriptionId, attempt });
    } catch (cause) {
      failed.add(messageId);
      meter.measure('BatchItemsReturned', 1, 'dispatch');
      log.error('dispatch.late-row-failed', { messageId, receiveCount }, cause);
    }
  };
  await Promise.all(records.map(write));
  return failed;
}

/**
 * Whoever could not write the row may not have been able to put its retry anywhere either. Then its message came again, and
 * when that ended the delivery, no retry is to be waited for: the row tells of its request and decides nothing.
 */
async function asItStands(log: DeliveryLog, row: DeliveryRow): Promise<DeliveryRow> {
  if (row.status !== 'retrying') return row;
  const rows = (await log.rowsOfEach(row, [row])).get(row.delivery) ?? [];
  const hasEnded = rows.some(
    ({ attempt, run, status }) => attempt === row.attempt && run === row.run && ENDS.includes(status),
  );
  return hasEnded ? { ...row, status: null, nextAttemptAt: null } : row;
}
