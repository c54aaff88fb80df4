import type { Deadline } from '../clock.ts';
import { isLateRow } from '../message.ts';
import type { ReceivedRecord } from '../queue.ts';
import { Batch, type DispatchDeps } from './batch.ts';
import { writeLateRows } from './late-rows.ts';
import { MoreWork } from './more-work.ts';
import type { DeliveryInbox } from './ports.ts';

/**
 * Works through a batch of delivery messages: each target is prepared, guarded, sent, recorded and decided.
 * Answers the ids of the messages that must come again. The same message twice in a batch is worked on once. While
 * endpoints keep it waiting, it takes more messages from `inbox`, the queue that the batch came from.
 */
export async function dispatchBatch(
  deps: DispatchDeps,
  records: readonly ReceivedRecord[],
  deadline: Deadline,
  inbox: DeliveryInbox | null = null,
): Promise<ReadonlySet<string>> {
  const batch = new Batch(deps, deadline);
  const running = {
    heldUpMs: () => (deps.slots.isFull ? 0 : batch.asking.heldUpMs),
    work: (some: readonly ReceivedRecord[], finished: Finished) => work(deps, batch, some, finished),
  };
  const again = await (inbox === null
    ? work(deps, batch, records)
    : new MoreWork(deps, inbox, deadline, running).all(records));
  await batch.asking.over();
  batch.served.tell(deps.log);
  return again;
}

/** Told of each message that need not come again. */
type Finished = (record: ReceivedRecord) => void;

/** Works on messages that a batch has at the same time. Answers the ids of those that must come again. */
async function work(
  deps: DispatchDeps,
  batch: Batch,
  records: readonly ReceivedRecord[],
  finished: Finished = () => undefined,
): Promise<ReadonlySet<string>> {
  const { late = [], due = [] } = Object.groupBy(records, ({ body }) => (isLateRow(body) ? 'late' : 'due'));
  const writing = writeLateRows(deps, late);
  const again = new Set<string>();
  const copies = [...Map.groupBy(due, (record) => record.body).values()];
  await Promise.all(
    copies.map(async (same) => {
      if (await batch.work(same)) for (const { messageId } of same) again.add(messageId);
      else same.forEach(finished);
    }),
  );
  for (const messageId of await writing) again.add(messageId);
  for (const record of late) if (!again.has(record.messageId)) finished(record);
  return again;
}
