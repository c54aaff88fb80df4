import { FAN_OUT } from '../../contract/limits.ts';
import type { DeliveryMessage } from '../../contract/messages.ts';
import type { Deadline } from '../clock.ts';
import type { Log } from '../log.ts';
import { encodeMessage } from '../message.ts';
import { type MessageQueue, QueueSendError } from '../queue.ts';
import type { FannedOut } from './fan-out-event.ts';

/** A message whose event is on record. */
export interface Done extends FannedOut {
  readonly messageIds: readonly string[];
}

/** A delivery message with the messages it comes from. */
interface Outgoing {
  readonly messageIds: readonly string[];
  readonly delivery: DeliveryMessage;
  readonly data: string;
}

export interface SendDeliveriesDeps {
  /** The queue `deliveries`. */
  readonly queue: MessageQueue;
  /** The queue `slow-deliveries`. */
  readonly slowQueue: MessageQueue;
  readonly log: Log;
}

/** Characters of event data encoded at once: bounds memory when large events go to many. */
const WAVE = 8 * 1024 * 1024;

/**
 * Sends everything in as few calls as possible. Answers how many messages there were, and adds to `failed` the ids of
 * those records whose messages were not all accepted, or which the time did not suffice for.
 */
export async function sendDeliveries(
  deps: SendDeliveriesDeps,
  done: readonly Done[],
  deadline: Deadline,
  failed: Set<string>,
): Promise<number> {
  const outgoing = done.flatMap(({ messageIds, event, deliveries }): readonly Outgoing[] =>
    deliveries.map((delivery) => ({ messageIds, delivery, data: event.data })),
  );
  const { slow = [], quick = [] } = Object.groupBy(outgoing, ({ delivery }) =>
    delivery.held?.slow ? 'slow' : 'quick',
  );
  for (const [queue, messages] of [
    [deps.queue, quick],
    [deps.slowQueue, slow],
  ] as const)
    for (const wave of wavesOf(messages)) {
      if (deadline.remainingMs() > FAN_OUT.deadlineMarginMs) await sendWave(queue, deps.log, wave, failed);
      else fail(deps.log, wave, failed, new Error('the time is up'));
    }
  return outgoing.length;
}

async function sendWave(
  queue: MessageQueue,
  log: Log,
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
    fail(log, lost, failed, cause);
  }
}

function fail(log: Log, lost: readonly Outgoing[], failed: Set<string>, cause: unknown): void {
  const messageIds = [...new Set(lost.flatMap((one) => one.messageIds))];
  for (const messageId of messageIds) failed.add(messageId);
  log.error('fan-out.send-failed', { failed: lost.length, messageIds }, cause);
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
