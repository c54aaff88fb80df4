import { FAN_OUT } from '../../contract/limits.ts';
import type { EventMessage } from '../../contract/messages.ts';
import type { Event } from '../event.ts';
import type { Matching } from './matching.ts';
import type { SubscriptionLists } from './subscription-lists.ts';

/** One message of ingest, which the queue may have delivered more than once in a batch. */
export interface Posted {
  readonly body: string;
  readonly messageIds: readonly string[];
  readonly receiveCount: number;
}

/** A message, read, with its event on its way past the subscriptions. */
export interface Opened {
  readonly posted: Posted;
  readonly header: EventMessage;
  readonly event: Event;
  readonly matching: Matching;
}

/** How a pass stands. `stopped`: it can't go on, but came on; whoever takes it up again goes on from there. */
export type PassState =
  | { readonly kind: 'under-way' | 'complete' }
  | { readonly kind: 'failed' | 'stopped'; readonly cause: unknown };

/** Events of one tenant that pass its subscriptions together, a piece of work at a time. */
export class TenantPass {
  readonly events: readonly Opened[];
  readonly #pieces: AsyncGenerator<void, void>;
  #state: PassState = { kind: 'under-way' };

  constructor(lists: SubscriptionLists, tenant: string, events: readonly Opened[]) {
    this.events = events;
    this.#pieces = lists.match(
      tenant,
      events.map(({ matching }) => matching),
    );
  }

  get state(): PassState {
    return this.#state;
  }

  get isUnderWay(): boolean {
    return this.#state.kind === 'under-way';
  }

  /** Work done in this run, in steps; see `FAN_OUT.maxStepsOfRun`. */
  get work(): number {
    return this.events.reduce((sum, { matching }) => sum + matching.work, 0);
  }

  /** Events that are not through yet. */
  get rest(): readonly Opened[] {
    return this.events.filter(({ matching }) => !matching.isThrough);
  }

  /** Does a piece of the work; never throws. */
  async advance(): Promise<void> {
    try {
      const { done } = await this.#pieces.next();
      if (done) this.#state = { kind: 'complete' };
    } catch (cause) {
      const cameOn = this.events.some(
        ({ header, matching }) => matching.after !== (header.progress?.after ?? null),
      );
      this.#state = { kind: cameOn ? 'stopped' : 'failed', cause };
    }
  }

  /** Has events of which `which` is true take no further part, those that are through apart. */
  restWhere(which: (one: Opened) => boolean): void {
    for (const one of this.rest) if (!one.matching.isResting && which(one)) one.matching.rest();
  }

  /** Lets go of what it holds, if it is not over. */
  async leave(): Promise<void> {
    if (this.isUnderWay) await this.#pieces.return();
  }
}

/**
 * Which events of a tenant are worked on together, and in which order. All of them, unless one was put back often: that
 * one is alone, so that no younger ones, which would start from the first subscription, hold it up for ever.
 */
export function inTurn(events: readonly Opened[]): { along: readonly Opened[]; later: readonly Opened[] } {
  const ordered = events.toSorted(
    (a, b) => turnsOf(b) - turnsOf(a) || a.event.acceptedAt - b.event.acceptedAt,
  );
  const [first] = ordered;
  const together = first !== undefined && turnsOf(first) >= FAN_OUT.turnsTogether ? 1 : ordered.length;
  return { along: ordered.slice(0, together), later: ordered.slice(together) };
}

/** How often an event was put back. */
export function turnsOf({ header }: Opened): number {
  return header.progress?.turns ?? 0;
}
