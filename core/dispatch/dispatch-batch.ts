import { DISPATCH } from '../../contract/limits.ts';
import type { DeliveryMessage } from '../../contract/messages.ts';
import type { Deadline, Random } from '../clock.ts';
import { decodeDeliveryMessage, encodeMessage, type Message } from '../message.ts';
import type { OperationalEvents } from '../operational-events.ts';
import type { ReceivedRecord } from '../queue.ts';
import { type Subscription, timeoutMsOf } from '../subscription.ts';
import { type Attempt, type AttemptDeps, makeAttempt } from './attempt.ts';
import type { Care } from './care.ts';
import { type Decision, decide, type Settlement, withoutAttempt } from './decision.ts';
import { endpointOf } from './endpoint.ts';
import { judgeState } from './guard.ts';
import type { SubscriptionReader } from './ports.ts';
import { type BodyOf, bodyOf } from './request-body.ts';
import { resume } from './resume.ts';
import { type Fate, Settler, type SettlerDeps } from './settler.ts';
import type { SocketSlots } from './socket-slots.ts';
import { Tally } from './tally.ts';
import { keyOf, sameAttempt, type Target, targetsOf } from './target.ts';

export interface DispatchDeps extends SettlerDeps, AttemptDeps {
  readonly subscriptions: SubscriptionReader;
  readonly care: Care;
  readonly operational: OperationalEvents;
  /** Shared by all batches of an environment. */
  readonly slots: SocketSlots;
  readonly random: Random;
}

/** Targets that could not be finished go back after this, in seconds, when something of ours is out of order. */
const OUT_OF_ORDER_SECONDS = 30;

/** An attempt, and what it leads to. */
interface Made {
  readonly attempt: Attempt;
  readonly settlement: Settlement;
}

type Stuck = Extract<Fate, { readonly kind: 'stuck' }>;
/** What became of a target in this invocation. `not-started`: too little time was left. */
type End = Fate | { readonly kind: 'not-started' };

/**
 * Works through a batch of delivery messages: each target is prepared, guarded, sent, recorded and decided.
 * Answers the ids of the messages that must come again. The same message twice in a batch is worked on once.
 */
export async function dispatchBatch(
  deps: DispatchDeps,
  records: readonly ReceivedRecord[],
  deadline: Deadline,
): Promise<ReadonlySet<string>> {
  const batch = new Batch(deps, deadline);
  const copies = [...Map.groupBy(records, (record) => record.body).values()];
  const failed = await Promise.all(copies.map((same) => batch.work(same)));
  return new Set(copies.flatMap((same, i) => (failed[i] ? same.map((record) => record.messageId) : [])));
}

/** What the messages of one invocation share. */
class Batch {
  readonly #deps: DispatchDeps;
  readonly #deadline: Deadline;
  readonly #settler: Settler;

  constructor(deps: DispatchDeps, deadline: Deadline) {
    this.#deps = deps;
    this.#deadline = deadline;
    this.#settler = new Settler(deps);
  }

  /** Works on one message, of which there may be copies. Answers whether it must come again. */
  async work(copies: readonly ReceivedRecord[]): Promise<boolean> {
    const record = copies.reduce((a, b) => (a.receiveCount >= b.receiveCount ? a : b));
    const tally = new Tally(this.#deps, record);
    try {
      await this.#message(record, tally);
      tally.done();
      return false;
    } catch (cause) {
      tally.failed(cause);
      return true;
    }
  }

  async #message(record: ReceivedRecord, tally: Tally): Promise<void> {
    const message = decodeDeliveryMessage(record.body);
    const { header, data } = message;
    tally.is(header);
    const { tenant } = header.event;
    const [subscriptions] = await Promise.all([
      this.#deps.subscriptions.load(tenant, header.targets),
      this.#deps.care.look(tenant, header.targets),
    ]);
    // Somebody may have worked on it before only if it came before, or if it is not the first attempt.
    const isFirst = header.attempt === 1 && header.trigger === 'schedule';
    const isNew = record.receiveCount === 1 && isFirst && header.held === undefined;
    const targets = targetsOf(header, data);
    const body = bodyOf({ ...header.event, data });
    const ends = await Promise.all(
      targets.map(async (target) => {
        const past = isNew ? null : await this.#past(target);
        if (past) return past.kind === 'resumed' ? this.#settle(past.settlement, tally) : past;
        return this.#target(target, subscriptions.get(target.subscription), body, tally);
      }),
    );
    await this.#putBack(message, targets, ends, tally);
  }

  /** What the log says is left to do for a target; null: the attempt itself. */
  async #past(target: Target): Promise<Fate | { kind: 'resumed'; settlement: Settlement } | null> {
    try {
      const rows = await this.#deps.deliveryLog.rowsOf(keyOf(target));
      const settlement = resume(target, rows, this.#deps.clock.now());
      return settlement && { kind: 'resumed', settlement };
    } catch (cause) {
      return { kind: 'stuck', recorded: true, cause };
    }
  }

  async #target(
    target: Target,
    subscription: Subscription | undefined,
    body: BodyOf,
    tally: Tally,
  ): Promise<End> {
    const verdict = judgeState(subscription, target.message.trigger);
    const now = this.#deps.clock.now();
    switch (verdict.kind) {
      case 'cancel':
        return this.#settle(withoutAttempt(target, 'cancelled', 'subscription deleted', now), tally);
      case 'skip':
        return this.#settle(withoutAttempt(target, 'skipped', verdict.reason, now), tally);
      case 'proceed': {
        const held = await this.#hold(target, verdict.subscription);
        if (held)
          return held.kind === 'stuck' ? held : this.#settle({ target, row: null, decision: held }, tally);
        const made = await this.#attempt(target, verdict.subscription, body, tally);
        if (made === null) return { kind: 'not-started' };
        const fate = await this.#settle(made.settlement, tally);
        await this.#deps.care.learn(target, verdict.subscription, made.attempt);
        return fate;
      }
    }
  }

  async #hold(target: Target, subscription: Subscription): Promise<Decision | Stuck | null> {
    try {
      return await this.#deps.care.hold(target, subscription);
    } catch (cause) {
      return { kind: 'stuck', recorded: true, cause };
    }
  }

  /** Makes the attempt once a socket is free; null if too little time is left for it. */
  async #attempt(
    target: Target,
    subscription: Subscription,
    body: BodyOf,
    tally: Tally,
  ): Promise<Made | null> {
    const release = await this.#deps.slots.take(endpointOf(subscription).origin);
    try {
      const left = this.#deadline.remainingMs() - DISPATCH.deadlineMarginMs;
      if (left < timeoutMsOf(subscription)) return null;
      tally.sending(target, this.#deps.clock.now(), this.#deps.slots.open);
      const attempt = await makeAttempt(this.#deps, {
        subscription,
        eventId: target.event.id,
        delivery: target.delivery,
        attempt: target.message.attempt,
        body: body(subscription.format),
      });
      tally.sent(target, attempt.sent, attempt.endedAt);
      return { attempt, settlement: decide(target, subscription, attempt, this.#deps.random) };
    } finally {
      release();
    }
  }

  async #settle(settlement: Settlement, tally: Tally): Promise<Fate> {
    tally.settles(settlement);
    const fate = await this.#settler.settle(settlement);
    const { target, row, decision } = settlement;
    if (row !== null && decision.kind === 'dead') {
      await this.#deps.operational.publish('delivery.exhausted', `${target.delivery}/${row.attempt}`, {
        tenant: row.tenant,
        subscription: row.subscription,
        event: row.event,
        eventType: row.eventType,
        delivery: row.delivery,
        reason: row.reason,
      });
    }
    return fate;
  }

  /**
   * Sends what is left of a message back to the queue, as a message of just that. Stuck targets fail the whole
   * message instead, so that it is counted and ends in the poison queue, and the log tells the next worker what is
   * done; unless an attempt is missing in the log, which would then be made twice.
   */
  async #putBack(
    { header, data }: Message<DeliveryMessage>,
    targets: readonly Target[],
    ends: readonly End[],
    tally: Tally,
  ): Promise<void> {
    const stuck = ends.filter((end) => end.kind === 'stuck');
    const unrecorded = ends.some((end) => end.kind === 'settled' && !end.recorded);
    const [first] = stuck;
    if (first && !(unrecorded && stuck.every((end) => !end.recorded))) throw first.cause;
    const left = targets.filter((_, i) => ends[i]?.kind !== 'settled').map((target) => target.subscription);
    if (left.length === 0) return;
    tally.putBack(left.length);
    await this.#deps.deliveries.send([
      {
        body: encodeMessage(sameAttempt(header, left), data),
        group: header.event.tenant,
        ...(first ? { delaySeconds: OUT_OF_ORDER_SECONDS } : {}),
      },
    ]);
  }
}
