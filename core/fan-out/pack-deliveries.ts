import { DISPATCH } from '../../contract/limits.ts';
import { type DeliveryMessage, type EventEnvelope, FIRST_RUN } from '../../contract/messages.ts';

/** The delivery messages of an event's first attempts: up to 100 targets each, every target in exactly one. */
export function packDeliveries(
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
