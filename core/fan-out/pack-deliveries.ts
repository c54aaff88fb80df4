import { DISPATCH } from '../../contract/limits.ts';
import {
  type DeliveryMessage,
  type EventEnvelope,
  FIRST_RUN,
  type GiveUpReason,
} from '../../contract/messages.ts';
import { deliveryId } from '../id.ts';
import { shardOf } from '../shard.ts';

/**
 * The delivery messages of an event's first attempts: up to 100 targets each, every target in exactly one. The
 * targets of a message share a partition of the delivery log, so that what becomes of them can be written as one
 * item, and looked up with one query when the message comes again. `giveUp`: they are only to be recorded as failed.
 */
export function packDeliveries(
  event: EventEnvelope,
  shards: number,
  targets: readonly string[],
  giveUp?: GiveUpReason,
): readonly DeliveryMessage[] {
  const partitions = shards === 1 ? [targets] : byShard(event, shards, targets);
  const messages = partitions.flatMap((partition) => messagesFor(event, shards, partition));
  return giveUp === undefined ? messages : messages.map((message) => ({ ...message, giveUp }));
}

/**
 * The same for targets that are known to be slow: whoever hangs must not keep a run from the others. Little of what
 * becomes of them is written as one item, so they are packed whatever partition they belong to.
 */
export function packForSlowLane(
  event: EventEnvelope,
  shards: number,
  targets: readonly string[],
): readonly DeliveryMessage[] {
  return messagesFor(event, shards, targets).map((message) => ({
    ...message,
    held: { slow: true, slotAt: null },
  }));
}

function byShard(
  event: EventEnvelope,
  shards: number,
  targets: readonly string[],
): readonly (readonly string[])[] {
  return [...Map.groupBy(targets, (target) => shardOf(deliveryId(event, target), shards)).values()];
}

function messagesFor(
  event: EventEnvelope,
  shards: number,
  targets: readonly string[],
): readonly DeliveryMessage[] {
  const messages: DeliveryMessage[] = [];
  for (let at = 0; at < targets.length; at += DISPATCH.maxTargetsPerMessage) {
    messages.push({
      v: 1,
      event,
      shards,
      attempt: 1,
      step: 0,
      run: FIRST_RUN,
      trigger: 'schedule',
      targets: targets.slice(at, at + DISPATCH.maxTargetsPerMessage),
    });
  }
  return messages;
}
