import type { DeliveryMessage } from '../../contract/messages.ts';
import type { Deadline, Random } from '../clock.ts';
import type { Event } from '../event.ts';
import { decodeDeliveryMessage, type Message } from '../message.ts';
import type { OperationalEvents } from '../operational-events.ts';
import type { ReceivedRecord } from '../queue.ts';
import type { Subscription } from '../subscription.ts';
import { Asking, type AskingDeps } from './asking.ts';
import type { Care } from './care.ts';
import { type Current, CurrentSubscriptions } from './current-subscriptions.ts';
import type { Settlement } from './decision.ts';
import { exhausted } from './exhausted.ts';
import { inTurn } from './in-turn.ts';
import { leftOf } from './left-of.ts';
import type { Fate } from './pending.ts';
import type { SubscriptionReader } from './ports.ts';
import { leftMessages } from './put-back.ts';
import { bodyOf } from './request-body.ts';
import { beginsToWait, tiedTo } from './same-subscription.ts';
import { ServedMessages } from './served-messages.ts';
import { Settler, type SettlerDeps } from './settler.ts';
import { type SocketSlots, seekerOf } from './socket-slots.ts';
import { type End, type Settling, type Step, settle } from './step.ts';
import { Tally } from './tally.ts';
import { targetOf } from './target.ts';
import { TargetWork } from './target-work.ts';

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

/** What is to be learnt from an attempt, and of whom. */
type News = Pick<Required<Settling>, 'attempt'> & { readonly subscription: Subscription };

/** What the messages of one invocation share. */
export class Batch {
  readonly #deps: DispatchDeps;
  readonly #settler: Settler;
  readonly #current: CurrentSubscriptions;
  readonly #targets: TargetWork;
  readonly asking: Asking;
  readonly served = new ServedMessages();

  constructor(deps: DispatchDeps, deadline: Deadline) {
    this.#deps = deps;
    this.#settler = new Settler(deps);
    this.#current = new CurrentSubscriptions(deps);
    this.asking = new Asking(deps);
    this.#targets = new TargetWork(deps, deadline, this.asking);
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
    const since = this.#current.begun;
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
        const id = header.targets[i] ?? '';
        const now = (): Promise<Current> => this.#current.read(event.tenant, id, since);
        const settled = (step: Step): void => {
          unsettled--;
          this.#end(step, tally, { ended, failed });
        };
        const end = (step: Step): void | Promise<void> =>
          step.kind === 'settle' && beginsToWait(step.settlement)
            ? tied(step, now).then(settled)
            : settled(step);
        const subscription = subscriptions.get(id);
        if (isOpen && subscription !== undefined && this.#targets.isPlain(subscription)) {
          this.#deps.slots.whenFree(seekerOf(subscription), (slot) => {
            const target = targetOf(header, event, id);
            this.#targets.attempt(target, subscription, body, tally, slot).then(end).catch(failed);
          });
        } else {
          const { target, left } = pasts.get(id) ?? { target: targetOf(header, event, id), left: null };
          const step = left
            ? Promise.resolve(settle(left, subscription))
            : this.#targets.step(target, subscription, now, body, tally);
          step.then(end).catch(failed);
        }
      });
      await this.#putBack(message, ends, tally);
    } finally {
      this.#settler.withdraw(unsettled);
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
    const { settlement, subscription, attempt } = step;
    tally.settles(settlement);
    const isNews = subscription && attempt && this.#deps.care.teaches(subscription, attempt);
    const news = isNews ? { subscription, attempt } : null;
    if (news === null && settlement.decision.kind !== 'dead') this.#settler.settle(settlement, ended);
    else
      this.#settler.settle(settlement, (fate) => {
        this.#afterwards(settlement, fate, news).then(() => ended(fate), failed);
      });
  }

  /** Tells of a delivery that is given up, now that this is safe, and learns from the attempt. */
  async #afterwards({ target, decision }: Settlement, fate: Fate, news: News | null): Promise<void> {
    if (decision.kind === 'dead' && fate.kind === 'settled' && !fate.overruled)
      await this.#deps.operational.publish(...exhausted(decision.row));
    if (news) await this.#deps.care.learn(target, news.subscription, news.attempt);
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

/**
 * The same for a delivery that begins to wait: its message takes along for which subscription. Not if its attempt was made
 * from a copy of one that is gone: the event may be for the one that has the id now.
 */
async function tied(step: Settling, now: () => Promise<Current>): Promise<Settling> {
  const { subscription, settlement } = step;
  const current = subscription && (await now());
  return current?.subscription?.createdAt === subscription?.createdAt && subscription
    ? { ...step, settlement: tiedTo(settlement, subscription) }
    : step;
}
