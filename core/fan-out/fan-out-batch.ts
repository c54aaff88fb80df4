import type { DeliveryMessage } from '../../contract/messages.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { decodeEventMessage, encodeMessage } from '../message.ts';
import type { Meter } from '../meter.ts';
import { type MessageQueue, QueueSendError, type ReceivedRecord } from '../queue.ts';
import { traceIdOf } from '../trace.ts';
import { type FannedOut, type FanOutEventDeps, fanOutEvent } from './fan-out-event.ts';
import type { ListOfTenant, SubscriptionLists } from './subscription-lists.ts';

export interface FanOutDeps extends FanOutEventDeps {
  readonly subscriptions: SubscriptionLists;
  /** The queue `deliveries`. */
  readonly queue: MessageQueue;
  /** The queue `slow-deliveries`. */
  readonly slowQueue: MessageQueue;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
}

/** One message of ingest, which the queue may have delivered more than once in a batch. */
interface Posted {
  readonly body: string;
  readonly messageIds: readonly string[];
  readonly receiveCount: number;
}

/** A message whose event is on record. */
interface Done extends FannedOut {
  readonly messageIds: readonly string[];
}

/** A delivery message with the messages it comes from. */
interface Outgoing {
  readonly messageIds: readonly string[];
  readonly delivery: DeliveryMessage;
  readonly data: string;
}

/** Characters of event data encoded at once: bounds memory when large events go to many. */
const WAVE = 8 * 1024 * 1024;

/**
 * Works through a batch of the queue `events`. Answers the ids of the messages that must come again: those whose
 * event could not be read, put on record, or sent on whole. One record's failure leaves the others alone.
 */
export async function fanOutBatch(
  deps: FanOutDeps,
  records: readonly ReceivedRecord[],
): Promise<ReadonlySet<string>> {
  const began = deps.clock.now();
  const failed = new Set<string>();
  const list = deps.subscriptions.forBatch();
  const results = await Promise.all(
    distinct(records).map((posted) => fanOutPosted(deps, list, posted, failed)),
  );
  const done = results.filter((result) => result !== null);
  const recordedAt = deps.clock.now();
  const messages = await sendAll(deps, done, failed);
  logDone(deps, done, failed, {
    messages,
    recordMs: recordedAt - began,
    sendMs: deps.clock.now() - recordedAt,
  });
  measure(deps.meter, done, failed);
  return failed;
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

async function fanOutPosted(
  deps: FanOutDeps,
  list: ListOfTenant,
  { body, messageIds, receiveCount }: Posted,
  failed: Set<string>,
): Promise<Done | null> {
  try {
    return { messageIds, ...(await fanOutEvent(deps, list, decodeEventMessage(body))) };
  } catch (cause) {
    for (const messageId of messageIds) failed.add(messageId);
    deps.log.error('fan-out.failed', { messageIds, receiveCount }, cause);
    return null;
  }
}

/** Sends everything in as few calls as possible; marks the records whose messages were not all accepted. */
async function sendAll(deps: FanOutDeps, done: readonly Done[], failed: Set<string>): Promise<number> {
  const outgoing = done.flatMap(({ messageIds, event, deliveries }): readonly Outgoing[] =>
    deliveries.map((delivery) => ({ messageIds, delivery, data: event.data })),
  );
  const { slow = [], quick = [] } = Object.groupBy(outgoing, ({ delivery }) =>
    delivery.held?.slow ? 'slow' : 'quick',
  );
  for (const wave of wavesOf(quick)) await sendWave(deps, deps.queue, wave, failed);
  for (const wave of wavesOf(slow)) await sendWave(deps, deps.slowQueue, wave, failed);
  return outgoing.length;
}

async function sendWave(
  { log }: FanOutDeps,
  queue: MessageQueue,
  wave: readonly Outgoing[],
  failed: Set<string>,
): Promise<void> {
  const messages = wave.map(({ delivery, data }) => ({
    body: encodeMessage(delivery, data),
    group: delivery.event.tenant,
  }));
  try {
    await queue.send(messages);
  } catch (cause) {
    const lost = cause instanceof QueueSendError ? cause.failed.flatMap((at) => wave[at] ?? []) : wave;
    const messageIds = [...new Set(lost.flatMap((one) => one.messageIds))];
    for (const messageId of messageIds) failed.add(messageId);
    log.error('fan-out.send-failed', { failed: lost.length, messageIds }, cause);
  }
}

function wavesOf(outgoing: readonly Outgoing[]): readonly (readonly Outgoing[])[] {
  const waves: Outgoing[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const one of outgoing) {
    size += one.data.length;
    const wave = waves.at(-1);
    if (wave && size <= WAVE) wave.push(one);
    else {
      waves.push([one]);
      size = one.data.length;
    }
  }
  return waves;
}

function logDone(
  deps: FanOutDeps,
  done: readonly Done[],
  failed: ReadonlySet<string>,
  counts: { readonly messages: number; readonly recordMs: number; readonly sendMs: number },
): void {
  const now = deps.clock.now();
  // Those that are sent on are named by dispatch; here only those of which nothing more is heard, or not all.
  const idsOf = (which: (one: Done) => boolean): readonly string[] =>
    done.filter(which).map(({ event }) => event.id);
  const costlyIds = idsOf(({ costly }) => costly > 0);
  const isRoutine = failed.size === 0 && costlyIds.length === 0;
  deps.log[isRoutine ? 'routine' : 'info']('fan-out.done', {
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
    ...counts,
  });
}

function measure(meter: Meter, done: readonly Done[], failed: ReadonlySet<string>): void {
  for (const { kind, matched, costly } of done) {
    if (costly > 0) meter.measure('FiltersTooCostly', costly);
    if (kind !== 'new') continue;
    meter.measure('FanOutSize', matched);
    if (matched === 0) meter.measure('EventsUnmatched', 1);
  }
  if (failed.size > 0) meter.measure('BatchItemsReturned', failed.size, 'fan-out');
}
