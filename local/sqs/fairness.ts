import type { SqsQueue } from './store.ts';

/** A tenant with this many messages in flight is a noisy neighbour: it keeps more than a worker's batch busy. */
const NOISY_IN_FLIGHT = 10;

/**
 * What a fair queue does: messages of groups that keep few workers busy go before those of groups that keep
 * many. Within each half the order stays. A message without a group is nobody's neighbour.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
 */
export function favourQuietGroups(queue: Pick<SqsQueue, 'messages' | 'inflightMessages'>): void {
  if (queue.inflightMessages.size < NOISY_IN_FLIGHT) return;
  const inFlight = new Map<string, number>();
  for (const { message } of queue.inflightMessages.values()) {
    const group = message.messageGroupId;
    if (group !== undefined) inFlight.set(group, (inFlight.get(group) ?? 0) + 1);
  }
  const noisy = (group: string | undefined): boolean =>
    group !== undefined && (inFlight.get(group) ?? 0) >= NOISY_IN_FLIGHT;
  const quiet = queue.messages.filter((message) => !noisy(message.messageGroupId));
  if (quiet.length === 0 || quiet.length === queue.messages.length) return;
  queue.messages = [...quiet, ...queue.messages.filter((message) => noisy(message.messageGroupId))];
}
