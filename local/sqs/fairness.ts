import type { SqsQueue } from './store.ts';

/** A tenant with this many messages in flight is a noisy neighbour: it keeps more than a worker's batch busy. */
const NOISY_IN_FLIGHT = 10;
/** So is one that took more than this share of what workers spent on the queue lately… */
const NOISY_SHARE = 0.1;
/** …what was spent counts half after so many milliseconds… */
const HALF_LIFE_MS = 20_000;
/** …unless they spent less than so many milliseconds in all, which tells nothing. */
const TELLING_MS = 5_000;

type Queue = Pick<SqsQueue, 'messages' | 'inflightMessages'>;

/** What workers spent on the messages of a queue, by group. */
export interface Spent {
  /** Since when messages are in flight, by receipt. */
  readonly inFlight: Map<string, { readonly group: string; readonly since: number }>;
  /** What ended messages took, in milliseconds, by group; the longer ago, the less. */
  readonly ended: Map<string, number>;
  /** When `ended` was worked out. */
  at: number;
}

const known = new WeakMap<Queue, Spent>();

/**
 * What a fair queue does: messages of groups that keep few workers busy go before those of groups that keep
 * many, by messages in flight or by the time they took lately. Within each half the order stays. A message without a
 * group is nobody's neighbour.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
 */
export function favourQuietGroups(queue: Queue, now = Date.now()): void {
  const noisy = noisyGroups(queue, now);
  if (noisy.size === 0) return;
  const isNoisy = (group: string | undefined): boolean => group !== undefined && noisy.has(group);
  const quiet = queue.messages.filter((message) => !isNoisy(message.messageGroupId));
  if (quiet.length === 0 || quiet.length === queue.messages.length) return;
  queue.messages = [...quiet, ...queue.messages.filter((message) => isNoisy(message.messageGroupId))];
}

/** Takes note of what is in flight; to be called after messages were received. */
export function noteInFlight(queue: Queue, now = Date.now()): Spent {
  const spent = known.get(queue) ?? { inFlight: new Map(), ended: new Map(), at: now };
  known.set(queue, spent);
  fade(spent, now);
  for (const [receipt, { group, since }] of spent.inFlight) {
    if (queue.inflightMessages.has(receipt)) continue;
    spent.inFlight.delete(receipt);
    spent.ended.set(group, (spent.ended.get(group) ?? 0) + now - since);
  }
  for (const [receipt, { message }] of queue.inflightMessages) {
    const group = message.messageGroupId;
    if (group === undefined || spent.inFlight.has(receipt)) continue;
    spent.inFlight.set(receipt, { group, since: now });
  }
  return spent;
}

function fade(spent: Spent, now: number): void {
  const share = 0.5 ** ((now - spent.at) / HALF_LIFE_MS);
  for (const [group, ms] of spent.ended) {
    if (ms * share < 1) spent.ended.delete(group);
    else spent.ended.set(group, ms * share);
  }
  spent.at = now;
}

function noisyGroups(queue: Queue, now: number): ReadonlySet<string> {
  const { inFlight, ended } = noteInFlight(queue, now);
  const times = new Map(ended);
  const counts = new Map<string, number>();
  for (const { group, since } of inFlight.values()) {
    times.set(group, (times.get(group) ?? 0) + now - since);
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  const total = times.values().reduce((sum, ms) => sum + ms, 0);
  const isNoisy = ([group, ms]: readonly [string, number]): boolean =>
    (counts.get(group) ?? 0) >= NOISY_IN_FLIGHT || (total >= TELLING_MS && ms > NOISY_SHARE * total);
  return new Set([...times].filter(isNoisy).map(([group]) => group));
}
