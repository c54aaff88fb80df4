import type { Clock } from '../clock.ts';
import type { DeliveryLog } from '../dispatch/ports.ts';
import { typeMatches } from '../fan-out/match-type.ts';
import { type EventReads, eventPosition, type ListedEvent } from '../manage/event-reads.ts';
import type { Meter } from '../meter.ts';
import type { MessageQueue } from '../queue.ts';
import type { ReplayRequest, Task } from '../task.ts';
import { PagePuller } from './page-puller.ts';
import type { ReplayedSubscription, SubscriptionLookup } from './ports.ts';
import { replayBatch } from './replay-batch.ts';
import { type Replayable, replayable } from './replayable.ts';
import type { TaskHandler, TaskPage, TaskStep } from './task-handler.ts';

export interface EventReplayDeps {
  readonly events: Pick<EventReads, 'recordOf' | 'newest'>;
  readonly subscriptions: SubscriptionLookup;
  readonly deliveryLog: DeliveryLog;
  /** The queue `deliveries`. */
  readonly deliveries: MessageQueue;
  readonly clock: Clock;
  readonly meter: Meter;
}

/** Events looked at in one page: each takes a read of its record and one of its rows. */
const PAGE_EVENTS = 25;
/** How far ahead of the clock deliveries are put on the queue, in milliseconds; a cancelled task still sends those. */
const HORIZON_MS = 60_000;

/**
 * Sends a subscription events again from the event store, newest first. Its progress is the position of the last
 * event dealt with, so a worker that takes over goes on behind it; what a dead worker sent of a page has a row
 * that names this task, and is not sent twice.
 */
export class EventReplay implements TaskHandler {
  readonly #deps: EventReplayDeps;
  readonly #request: ReplayRequest;
  #source: PagePuller<ListedEvent> | null = null;

  constructor(deps: EventReplayDeps, request: ReplayRequest) {
    this.#deps = deps;
    this.#request = request;
  }

  async page(task: Task): Promise<TaskPage> {
    const { tenant, subscription: id, dryRun } = this.#request;
    const aheadMs = task.nextSendAt - this.#deps.clock.now();
    if (aheadMs > HORIZON_MS) {
      return nothing(task, { kind: 'wait', seconds: Math.floor((aheadMs - HORIZON_MS / 2) / 1000) });
    }
    const subscription = await this.#deps.subscriptions.find(tenant, id);
    if (subscription === null) return nothing(task, { kind: 'failed', failure: 'The subscription is gone.' });
    const events = await this.#next(task);
    const last = events.at(-1);
    if (last === undefined) return nothing(task, { kind: 'done' });
    const found = await this.#wanted(task, subscription, events);
    const sent = dryRun ? NONE : await replayBatch(this.#deps, task, this.#request.ratePerSecond, found);
    if (sent.count > 0) this.#deps.meter.measure('DeliveriesRedriven', sent.count);
    return {
      matched: sent.error === null ? found.length : 0,
      sent: sent.count,
      dropped: 0,
      nextSendAt: sent.nextSendAt ?? task.nextSendAt,
      progress: sent.error === null ? eventPosition(last) : task.progress,
      next: { kind: 'go-on' },
      error: sent.error,
    };
  }

  async release(): Promise<void> {
    this.#source = null;
  }

  async #next(task: Task): Promise<readonly ListedEvent[]> {
    const { tenant, since, until } = this.#request;
    this.#source ??= new PagePuller(
      this.#deps.events.newest(tenant, { since, until, before: task.progress }),
    );
    return this.#source.take(PAGE_EVENTS);
  }

  async #wanted(
    task: Task,
    subscription: ReplayedSubscription,
    events: readonly ListedEvent[],
  ): Promise<readonly Replayable[]> {
    const types = this.#request.eventTypes;
    const chosen = events.filter(({ type }) => types === null || types.some((one) => typeMatches(one, type)));
    const found = await Promise.all(
      chosen.map((event) => replayable(this.#deps, this.#request, task, subscription, event)),
    );
    return found.filter((one) => one !== null);
  }
}

const NONE = { count: 0, nextSendAt: null, error: null };

function nothing(task: Task, next: TaskStep): TaskPage {
  const { nextSendAt, progress } = task;
  return { matched: 0, sent: 0, dropped: 0, nextSendAt, progress, next, error: null };
}
