import type { SqsQueue } from './store.ts';

/** A tenant with this many messages in flight is a noisy neighbour: it keeps more than a worker's batch busy. */
const NOISY_IN_FLIGHT = 10;
/** So is one that took more than this share of what workers spent on the queue lately… */
const NOISY_SHARE = 0.1;
/** …in the last so many milliseconds… */
const RECENT_MS = 60_000;
/** …unless they spent less than so many milliseconds in all, which tells nothing. */
const TELLING_MS = 5_000;

type Queue = Pick<SqsQueue, 'messages' | 'inflightMessages'>;

/** What workers spent on the messages of a queue, by group. */
export interface Spent {
  /** Since when messages are in flight, by receipt. */
  readonly inFlight: Map<string, { readonly group: string; readonly since: number }>;
  over: readonly { readonly group: string; readonly ms: number; readonly at: number }[];
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
  const spent = known.get(queue) ?? { inFlight: new Map(), over: [] };
  known.set(queue, spent);
  const ended = [...spent.inFlight].filter(([receipt]) => !queue.inflightMessages.has(receipt));
  for (const [receipt] of ended) spent.inFlight.delete(receipt);
  spent.over = [
    ...spent.over.filter(({ at }) => at > now - RECENT_MS),
    ...ended.map(([, { group, since }]) => ({ group, ms: now - since, at: now })),
  ];
  for (const [receipt, { message }] of queue.inflightMessages) {
    const group = message.messageGroupId;
    if (group !== undefined && !spent.inFlight.has(receipt))
      spent.inFlight.set(receipt, { group, since: now });
  }
  return spent;
}

function noisyGroups(queue: Queue, now: number): ReadonlySet<string> {
  const { inFlight, over } = noteInFlight(queue, now);
  const held = [...inFlight.values()];
  const counts = Map.groupBy(held, ({ group }) => group);
  const times = [...over, ...held.map(({ group, since }) => ({ group, ms: now - since }))];
  const total = times.reduce((sum, { ms }) => sum + ms, 0);
  const groups = new Set(times.map(({ group }) => group));
  const isNoisy = (group: string): boolean => {
    if ((counts.get(group)?.length ?? 0) >= NOISY_IN_FLIGHT) return true;
    const own = times.reduce((sum, time) => sum + (time.group === group ? time.ms : 0), 0);
    return total >= TELLING_MS && own > NOISY_SHARE * total;
  };
  return new Set([...groups].filter(isNoisy));
}
