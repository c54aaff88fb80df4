import type { DeliveryMessage } from '../../contract/messages.ts';
import type { Log, LogField } from '../log.ts';
import { traceIdOf } from '../trace.ts';

/** A message whose every target was served at the first attempt. */
export interface ServedMessage {
  readonly message: DeliveryMessage;
  readonly ageMs: number;
  readonly durationMs: number;
  readonly slowestMs: number;
}

/** The messages of an invocation of which there is nothing more to say than that they were served: told in one line. */
export class ServedMessages {
  readonly #served: ServedMessage[] = [];

  add(served: ServedMessage): void {
    this.#served.push(served);
  }

  tell(log: Log): void {
    if (this.#served.length > 0) log.routine('dispatch.attempted', lineOf(this.#served));
  }
}

/** Times are the longest. */
function lineOf(served: readonly ServedMessage[]): Readonly<Record<string, LogField>> {
  const messages = served.map(({ message }) => message);
  const longest = (times: readonly number[]): number => Math.max(0, ...times);
  return {
    tenants: distinct(messages.map(({ event }) => event.tenant)),
    eventIds: messages.map(({ event }) => event.id),
    // A packed message's many are those the event matched.
    subscriptionIds: distinct(messages.flatMap(({ targets }) => (targets.length === 1 ? targets : []))),
    traceIds: distinct(messages.flatMap(({ event }) => traceIdOf(event.trace) ?? [])),
    succeeded: messages.reduce((sum, { targets }) => sum + targets.length, 0),
    ageMs: longest(served.map(({ ageMs }) => ageMs)),
    durationMs: longest(served.map(({ durationMs }) => durationMs)),
    slowestMs: longest(served.map(({ slowestMs }) => slowestMs)),
  };
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
