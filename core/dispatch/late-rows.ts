import type { Log } from '../log.ts';
import { decodeLateRow } from '../message.ts';
import type { Meter } from '../meter.ts';
import type { ReceivedRecord } from '../queue.ts';
import type { DeliveryLog } from './ports.ts';

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
      await deliveryLog.append([row]);
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
