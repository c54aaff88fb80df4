import { DISPATCH } from '../../contract/limits.ts';
import type { DeliveryMessage } from '../../contract/messages.ts';
import type { Deadline, Random } from '../clock.ts';
import type { Event } from '../event.ts';
import { decodeDeliveryMessage, type Message } from '../message.ts';
import type { OperationalEvents } from '../operational-events.ts';
import type { ReceivedRecord } from '../queue.ts';
import { type Subscription, timeoutMsOf } from '../subscription.ts';
import { Asking, type AskingDeps } from './asking.ts';
import type { Care } from './care.ts';
import { type Decision, decide, givenUp, type Settlement, withoutAttempt } from './decision.ts';
import { exhausted } from './exhausted.ts';
import { judgeState } from './guard.ts';
import { inTurn } from './in-turn.ts';
import { leftOf } from './left-of.ts';
import type { Fate } from './pending.ts';
import type { SubscriptionReader } from './ports.ts';
import { leftMessages } from './put-back.ts';
import { type BodyOf, bodyOf } from './request-body.ts';
import { ServedMessages } from './served-messages.ts';
import { Settler, type SettlerDeps } from './settler.ts';
import { type Slot, type SocketSlots, seekerOf } from './socket-slots.ts';
import { type End, type Made, type Step, type Stuck, settle } from './step.ts';
import { Tally } from './tally.ts';
import { type Target, targetOf } from './target.ts';

export interface DispatchDeps extends SettlerDeps, AskingDeps {
  readonly subscriptions: SubscriptionReader;
  readonly care: Care;
  readonly operational: OperationalEvents;
  /** Shared by all batches of an environment. */
  readonly slots: SocketSlots;
  readonly random: Random;
}

/** Who is told how a target ended, or that it cannot be known. */
interface Whereto {
  readonly ended: (end: End) => void;
  readonly failed: (cause: unknown) => void;
}

/** What the messages of one invocation share. */
export class Batch {
  readonly #deps: DispatchDeps;
  readonly #deadline: Deadline;
  readonly #settler: Settler;
  readonly asking: Asking;
  readonly served = new ServedMessages();

  constructor(deps: DispatchDeps, deadline: Deadline) {
    this.#deps = deps;
    this.#deadline = deadline;
    this.#settler = new Settler(deps);
    this.asking = new Asking(deps);
  }

  /** Works on one message, of which there may be copies. Answers whether it must come again. */
  async work(copies: readonly ReceivedRecord[]): Promise<boolean> {
    const record = copies.reduce((a, b) => (a.receiveCount >= b.receiveCount ? a : b));
    const tally = new Tally(this.#deps, record);
    try {
      await this.#message(record, tally);
      tally.done(this.served);
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
    // All at once and before anything is awaited, so that the messages of a batch wait for each other.
    let unsettled = header.targets.length;
    this.#settler.expect(unsettled);
    try {
      const event: Event = { ...header.event, data };
      const [subscriptions, pasts] = await Promise.all([
        this.#deps.subscriptions.load(event.tenant, header.targets),
        leftOf(this.#deps, record, header, event),
        this.#deps.care.look(event.tenant, header.targets),
      ]);
      tally.lookedUp();
      const body = bodyOf(event);
      const isFirst = header.giveUp === undefined && header.subscriptionCreatedAt === undefined;
      const isOpen = pasts.size === 0 && isFirst;
      const ends = await inTurn<End>(header.targets.length, (i, ended, failed) => {
        const end = (step: Step): void => {
          unsettled--;
          this.#end(step, tally, { ended, failed });
        };
        const id = header.targets[i] ?? '';
        const subscription = subscriptions.get(id);
        if (isOpen && subscription !== undefined && this.#isPlain(subscription)) {
          this.#deps.slots.whenFree(seekerOf(subscription), (slot) => {
            const target = targetOf(header, event, id);
            this.#attempt(target, subscription, body, tally, slot).then(end).catch(failed);
          });
        } else {
          const { target, left } = pasts.get(id) ?? { target: targetOf(header, event, id), left: null };
          const step = left
            ? this.#tied(settle(left), subscription)
            : this.#step(target, subscription, body, tally);
          step.then(end).catch(failed);
        }
      });
      await this.#putBack(message, ends, tally);
    } finally {
      this.#settler.withdraw(unsettled);
    }
  }

  /** Whether nothing stands between a target and its attempt but a free socket. */
  #isPlain(subscription: Subscription): boolean {
    return subscription.status === 'active' && !this.#deps.care.concerns(subscription);
  }

  /** Does with a target what is to be done, up to the point where the outcome is to be kept. */
  async #step(
    target: Target,
    subscription: Subscription | undefined,
    body: BodyOf,
    tally: Tally,
  ): Promise<Step> {
    const verdict = judgeState(subscription, target.message.trigger);
    const now = this.#deps.clock.now();
    switch (verdict.kind) {
      case 'cancel':
        return settle(withoutAttempt(target, 'cancelled', 'subscription deleted', now));
      case 'skip':
        return settle(withoutAttempt(target, 'skipped', verdict.reason, now));
      case 'proceed': {
        const { giveUp } = target.message;
        if (giveUp !== undefined) return settle(givenUp(target, giveUp, now));
        const same = await this.#deps.care.same.of(target, verdict.subscription);
        if (same === 'gone') return settle(withoutAttempt(target, 'cancelled', 'subscription deleted', now));
        if (same === 'outdated') return { kind: 'not-started', why: 'time' };
        const held = await this.#hold(target, verdict.subscription);
        if (held?.kind === 'stuck') return held;
        if (held) return this.#tied(settle({ target, row: null, decision: held }), verdict.subscription);
        const slot = await this.#deps.slots.take(seekerOf(verdict.subscription));
        return this.#attempt(target, verdict.subscription, body, tally, slot);
      }
    }
  }

  /**
   * Keeps what a target came to, if anything, and learns from its attempt. Tells by a call, not by a promise: those of
   * a whole batch wait for the log together, and each object that waits is one more for the garbage collector to copy.
   */
  #end(step: Step, tally: Tally, { ended, failed }: Whereto): void {
    if (step.kind !== 'settle') {
      this.#settler.withdraw(1);
      ended(step);
      return;
    }
    const { settlement, made } = step;
    tally.settles(settlement);
    const news = made && this.#deps.care.teaches(made.subscription, made.attempt) ? made : null;
    if (news === null && settlement.decision.kind !== 'dead') this.#settler.settle(settlement, ended);
    else
      this.#settler.settle(settlement, (fate) => {
        this.#afterwards(settlement, fate, news).then(() => ended(fate), failed);
      });
  }

  /** Tells of a delivery that is given up, now that this is safe, and learns from the attempt. */
  async #afterwards({ target, decision }: Settlement, fate: Fate, news: Made | null): Promise<void> {
    if (decision.kind === 'dead' && fate.kind === 'settled' && !fate.overruled)
      await this.#deps.operational.publish(...exhausted(decision.row));
    if (news) await this.#deps.care.learn(target, news.subscription, news.attempt);
  }

  async #hold(target: Target, subscription: Subscription): Promise<Decision | Stuck | null> {
    try {
      return await this.#deps.care.hold(target, subscription);
    } catch (cause) {
      return { kind: 'stuck', recorded: true, cause };
    }
  }

  /** Makes the attempt on the socket that is free for it, if enough time is left. */
  async #attempt(
    target: Target,
    subscription: Subscription,
    body: BodyOf,
    tally: Tally,
    slot: Slot,
  ): Promise<Step> {
    let step: Step;
    try {
      step = await this.#ask(target, subscription, body, tally, slot);
    } finally {
      slot.release();
    }
    return this.#tied(step, subscription);
  }

  async #ask(
    target: Target,
    subscription: Subscription,
    body: BodyOf,
    tally: Tally,
    slot: Slot,
  ): Promise<Step> {
    // Others of it may have hung while this one waited for its socket.
    if (this.#deps.care.belongsAside(target, subscription))
      return settle({ target, row: null, decision: { kind: 'slow-lane' } });
    const left = this.#deadline.remainingMs() - DISPATCH.deadlineMarginMs;
    if (left < timeoutMsOf(subscription)) return { kind: 'not-started', why: 'time' };
    tally.sending(target, this.#deps.clock.now(), this.#deps.slots.open);
    const attempt = await this.asking.ask(target, subscription, body, slot);
    if (attempt === null) return { kind: 'not-started', why: 'look-ups' };
    tally.sent(target, attempt.sent, attempt.endedAt);
    const slow = this.#deps.care.isSlow(subscription);
    const settlement = decide(target, subscription, attempt, this.#deps.random, slow);
    return { kind: 'settle', settlement, made: { subscription, attempt } };
  }

  /** The same, tied to this subscription if its delivery begins to wait; put back if it would wait for another endpoint. */
  async #tied(step: Step, subscription: Subscription | undefined): Promise<Step> {
    if (subscription === undefined || step.kind !== 'settle' || !this.#deps.care.same.isDue(step.settlement))
      return step;
    const settlement = await this.#deps.care.same.tied(step.settlement, subscription);
    return settlement === null ? { kind: 'not-started', why: 'time' } : { ...step, settlement };
  }

  /**
   * Sends what is left of a message back to the queue, as messages of just that. Stuck targets fail the whole
   * message instead, so that it is counted and ends in the poison queue, and the log tells the next worker what is
   * done; unless an attempt can't be found in the log, which would then be made twice.
   */
  async #putBack(message: Message<DeliveryMessage>, ends: readonly End[], tally: Tally): Promise<void> {
    const stuck = ends.find((end) => end.kind === 'stuck');
    const unrecorded = ends.some((end) => end.kind === 'settled' && !end.recorded);
    if (stuck && !unrecorded) throw stuck.cause;
    const left = leftMessages(message, ends, this.#deps.random);
    if (left.length === 0) return;
    tally.putBack(ends);
    const lane = message.header.held?.slow ? this.#deps.slowDeliveries : this.#deps.deliveries;
    await lane.send(left);
  }
}
