import { FAN_OUT, SQS } from '../../contract/limits.ts';
import type { EventMessage } from '../../contract/messages.ts';
import type { Deadline } from '../clock.ts';
import type { Event } from '../event.ts';
import type { Log } from '../log.ts';
import { decodeEventMessage, encodeMessage } from '../message.ts';
import type { Meter } from '../meter.ts';
import { type MessageQueue, QueueSendError } from '../queue.ts';
import { type FanOutEventDeps, fanOutEvent, findable } from './fan-out-event.ts';
import { Matching } from './matching.ts';
import { type Done, sendDeliveries } from './send-deliveries.ts';
import type { SubscriptionLists } from './subscription-lists.ts';
import { inTurn, type Opened, type Posted, TenantPass, turnsOf } from './tenant-pass.ts';

export interface FanOutRunDeps extends FanOutEventDeps {
  readonly subscriptions: SubscriptionLists;
  /** The queue `deliveries`. */
  readonly queue: MessageQueue;
  /** The queue `slow-deliveries`. */
  readonly slowQueue: MessageQueue;
  /** The queue `events`: what the time does not suffice for goes back to it. */
  readonly events: MessageQueue;
  /** Waits some milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
  readonly log: Log;
  readonly meter: Meter;
}

/** When a list could not be read on, it is left alone for so many seconds. */
const STOPPED_SECONDS = 10;

/** What fan-out does in one invocation, and what came of it. */
export class FanOutRun {
  readonly #deps: FanOutRunDeps;
  readonly #deadline: Deadline;
  /** Messages that must come again. */
  readonly failed = new Set<string>();
  readonly done: Done[] = [];
  /** Events that went back to the queue because the time was up, or the work of the run done. */
  readonly putBack: Event[] = [];
  readonly #passes: TenantPass[] = [];
  /** Delivery messages sent. */
  messages = 0;

  constructor(deps: FanOutRunDeps, deadline: Deadline) {
    this.#deps = deps;
    this.#deadline = deadline;
  }

  /**
   * Works on messages together. Those of tenants whose subscriptions are at hand, or few, are sent at once; the other
   * tenants take turns, until the time is up or the work of a run is done. One record's failure leaves the others alone.
   */
  async together(posted: readonly Posted[]): Promise<void> {
    const opened = (await Promise.all(posted.map((one) => this.#open(one)))).filter((one) => one !== null);
    if (this.#hasWorked && !this.#isTimeLeft) return this.#putBack(opened);
    let passes: readonly TenantPass[] = await this.#begin(opened);
    await Promise.all(passes.map((pass) => pass.advance()));
    for (;;) {
      const { going = [], over = [] } = Object.groupBy(passes, (pass) =>
        this.#goesOn(pass) ? 'going' : 'over',
      );
      for (const pass of over) await pass.leave();
      await this.#finish(over);
      if (going.length === 0) return;
      for (const pass of going) {
        // Whatever else waits for this process has its turn.
        await this.#deps.pause(0);
        await pass.advance();
      }
      passes = going;
    }
  }

  async #begin(opened: readonly Opened[]): Promise<readonly TenantPass[]> {
    const passes: TenantPass[] = [];
    for (const [tenant, events] of Map.groupBy(opened, ({ event }) => event.tenant)) {
      const { along, later } = inTurn(events);
      passes.push(new TenantPass(this.#deps.subscriptions, tenant, along));
      await this.#putBack(later);
    }
    this.#passes.push(...passes);
    return passes;
  }

  /** An event that found more than a message holds can't go back, and is worked on while there is time. */
  #goesOn(pass: TenantPass): boolean {
    if (!pass.isUnderWay || !this.#isTimeLeft) return false;
    const work = this.#passes.reduce((sum, one) => sum + one.work, 0);
    if (work >= FAN_OUT.maxStepsOfRun) pass.restWhere(fitsMessage);
    return true;
  }

  /** However little time there is, something is done in it. */
  get #hasWorked(): boolean {
    return this.done.length + this.failed.size + this.putBack.length > 0;
  }

  get #isTimeLeft(): boolean {
    return this.#deadline.remainingMs() > FAN_OUT.sendMs;
  }

  async #open(posted: Posted): Promise<Opened | null> {
    try {
      const { header, data } = decodeEventMessage(posted.body);
      const event: Event = { ...(await findable(this.#deps.claims, header)), data };
      return { posted, header, event, matching: new Matching(event, header.progress) };
    } catch (cause) {
      return this.#fail(posted, cause);
    }
  }

  /** Puts on record and sends what passed all subscriptions, and puts back what did not. */
  async #finish(passes: readonly TenantPass[]): Promise<void> {
    const through = passes.flatMap(({ events }) => events.filter(({ matching }) => matching.isThrough));
    const done = (await Promise.all(through.map((one) => this.#record(one)))).filter((one) => one !== null);
    this.messages += await sendDeliveries(this.#deps, done, this.#deadline, this.failed);
    this.done.push(...done);
    for (const { state, rest } of passes) {
      if (state.kind === 'under-way' || state.kind === 'complete') await this.#putBack(rest);
      if (state.kind === 'failed') for (const { posted } of rest) this.#fail(posted, state.cause);
      if (state.kind !== 'stopped') continue;
      this.#deps.log.warn('fan-out.stopped', { tenant: rest[0]?.event.tenant }, state.cause);
      await this.#putBack(rest, STOPPED_SECONDS);
    }
  }

  async #record({ posted, header, event, matching }: Opened): Promise<Done | null> {
    try {
      const fannedOut = await fanOutEvent(this.#deps, event, header.requestId, matching);
      return { messageIds: posted.messageIds, ...fannedOut };
    } catch (cause) {
      return this.#fail(posted, cause);
    }
  }

  /**
   * Sends events back to the queue as they stand. A message that only came again would be counted as failed, and what
   * was found be lost.
   */
  async #putBack(events: readonly Opened[], delaySeconds = 0): Promise<void> {
    const again = events.filter((one) => {
      const isOver = turnsOf(one) >= FAN_OUT.maxTurns;
      if (isOver) this.#fail(one.posted, new Error(`the event was put back ${FAN_OUT.maxTurns} times`));
      return !isOver;
    });
    if (again.length === 0) return;
    const messages = again.map((one) => ({
      body: encodeMessage(asItStands(one), one.event.data),
      group: one.event.tenant,
      ...(delaySeconds === 0 ? {} : { delaySeconds }),
    }));
    const lost = new Set<Opened>();
    try {
      await this.#deps.events.send(messages);
    } catch (cause) {
      const refused = cause instanceof QueueSendError ? cause.failed.flatMap((at) => again[at] ?? []) : again;
      for (const one of refused) {
        lost.add(one);
        this.#fail(one.posted, cause);
      }
    }
    const sent = again.filter((one) => !lost.has(one));
    this.putBack.push(...sent.map(({ event }) => event));
    if (sent.length > 0) this.#deps.meter.measure('EventsPutBack', sent.length);
  }

  #fail({ messageIds, receiveCount }: Posted, cause: unknown): null {
    for (const messageId of messageIds) this.failed.add(messageId);
    this.#deps.log.error('fan-out.failed', { messageIds, receiveCount }, cause);
    return null;
  }
}

function asItStands(one: Opened): EventMessage {
  const { after, targets, costly, steps } = one.matching;
  return { ...one.header, progress: { turns: turnsOf(one) + 1, after, targets, costly, steps } };
}

function fitsMessage(one: Opened): boolean {
  return Buffer.byteLength(encodeMessage(asItStands(one), one.event.data)) <= SQS.maxBatchBytes;
}
