import { type MessageQueue, type OutgoingMessage, QueueSendError } from '../queue.ts';
import type { Settlement } from './decision.ts';

/** A settlement under way: what is known of it so far. */
export interface Pending {
  readonly settlement: Settlement;
  readonly tell: (fate: Fate) => void;
  /** Whether its row can be found in the log, or there is none. */
  recorded: boolean;
  /** Whether its decision must not be carried out: another worker did better. */
  overruled: boolean;
  /** Why it has to be worked on again: something that must happen could not. */
  stuck: { readonly cause: unknown } | null;
}

/** What became of a settlement. `recorded` says whether its row can be found in the log. */
export type Fate =
  /** `overruled`: another worker did better, so what was decided was not carried out. */
  | { readonly kind: 'settled'; readonly recorded: boolean; readonly overruled: boolean }
  /** Something that must happen did not: the target has to be worked on again. */
  | { readonly kind: 'stuck'; readonly recorded: boolean; readonly cause: unknown };

export function fateOf({ recorded, overruled, stuck }: Pending): Fate {
  if (stuck) return { kind: 'stuck', recorded, cause: stuck.cause };
  return { kind: 'settled', recorded, overruled };
}

/** A message to send, and whose it is. */
export interface Outgoing {
  readonly about: readonly Pending[];
  readonly message: OutgoingMessage;
}

/** Puts a message on a queue for each of those that have one, all together. Those it does not take are stuck. */
export async function sendAll(
  queue: MessageQueue,
  batch: readonly Pending[],
  messageOf: (pending: Pending) => OutgoingMessage | null,
): Promise<void> {
  const outgoing = batch.flatMap((pending) => {
    const message = messageOf(pending);
    return message === null ? [] : [{ about: [pending], message }];
  });
  await sendMessages(queue, outgoing);
}

/** Puts messages on a queue, all together. Whose messages it does not take are stuck. */
export async function sendMessages(queue: MessageQueue, outgoing: readonly Outgoing[]): Promise<void> {
  if (outgoing.length === 0) return;
  try {
    await queue.send(outgoing.map(({ message }) => message));
  } catch (cause) {
    const lost =
      cause instanceof QueueSendError ? cause.failed.flatMap((at) => outgoing[at] ?? []) : outgoing;
    for (const { about } of lost) for (const pending of about) pending.stuck = { cause };
  }
}
