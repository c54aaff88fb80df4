import { DISPATCH } from '../../contract/limits.ts';
import type { Clock, Deadline, Random } from '../clock.ts';
import { endpointKey, type Subscription, timeoutMsOf } from '../subscription.ts';
import type { Asking } from './asking.ts';
import { type Care, SLOT_MS } from './care.ts';
import type { Current } from './current-subscriptions.ts';
import { type Decision, decide, givenUp, withoutAttempt } from './decision.ts';
import { judgeState } from './guard.ts';
import type { BodyOf } from './request-body.ts';
import { beginsToWait, waitedForAnother } from './same-subscription.ts';
import { type Slot, type SocketSlots, seekerOf } from './socket-slots.ts';
import { type Step, type Stuck, settle } from './step.ts';
import type { Tally } from './tally.ts';
import type { Target } from './target.ts';

export interface TargetWorkDeps {
  readonly care: Care;
  readonly clock: Clock;
  readonly slots: SocketSlots;
  readonly random: Random;
}

/** What is done with one target of a message, up to the point where its outcome is to be kept. */
export class TargetWork {
  readonly #deps: TargetWorkDeps;
  readonly #deadline: Deadline;
  readonly #asking: Asking;

  constructor(deps: TargetWorkDeps, deadline: Deadline, asking: Asking) {
    this.#deps = deps;
    this.#deadline = deadline;
    this.#asking = asking;
  }

  /** Whether nothing stands between a target and its attempt but a free socket. */
  isPlain(subscription: Subscription): boolean {
    return subscription.status === 'active' && !this.#deps.care.concerns(subscription);
  }

  /**
   * Does with a target what is to be done, up to the point where the outcome is to be kept. `now` reads the subscription
   * as it is, of which a copy is at hand; null: this is how it is.
   */
  async step(
    target: Target,
    subscription: Subscription | undefined,
    now: (() => Promise<Current>) | null,
    body: BodyOf,
    tally: Tally,
  ): Promise<Step> {
    const verdict = judgeState(subscription, target.message.trigger);
    const at = this.#deps.clock.now();
    switch (verdict.kind) {
      case 'cancel':
        return settle(withoutAttempt(target, 'cancelled', 'subscription deleted', at));
      case 'skip':
        return settle(withoutAttempt(target, 'skipped', verdict.reason, at));
      case 'proceed': {
        const { subscription: copy } = verdict;
        const { giveUp } = target.message;
        if (giveUp !== undefined) return settle(givenUp(target, giveUp, at));
        if (waitedForAnother(target, copy)) {
          if (now === null) return settle(withoutAttempt(target, 'cancelled', 'subscription deleted', at));
          const current = await now();
          if (current === null)
            throw new Error('whether its subscription is still there could not be found out');
          return this.step(target, current.subscription, null, body, tally);
        }
        const held = await orStuck(this.#deps.care.hold(target, copy));
        if (held?.kind === 'stuck') return held;
        if (held === null) return this.#attemptInTime(target, copy, body, tally);
        const settling = settle({ target, row: null, decision: held }, copy);
        const current = now !== null && beginsToWait(settling.settlement) ? await now() : null;
        // What holds it back may have been learnt from an endpoint that was left.
        return current !== null && isAnother(current.subscription, copy)
          ? this.step(target, current.subscription, null, body, tally)
          : settling;
      }
    }
  }

  /** Waits for a socket, and makes the attempt, unless its place in the rate limit is gone by then. */
  async #attemptInTime(
    target: Target,
    subscription: Subscription,
    body: BodyOf,
    tally: Tally,
  ): Promise<Step> {
    const since = this.#deps.clock.now();
    const slot = await this.#deps.slots.take(seekerOf(subscription));
    if (this.#deps.clock.now() - since >= SLOT_MS) {
      const held = await orStuck(this.#deps.care.keepPace(target, subscription));
      if (held) {
        slot.release();
        return held.kind === 'stuck' ? held : settle({ target, row: null, decision: held }, subscription);
      }
    }
    return this.attempt(target, subscription, body, tally, slot);
  }

  /** Makes the attempt on the socket that is free for it, if enough time is left. */
  async attempt(
    target: Target,
    subscription: Subscription,
    body: BodyOf,
    tally: Tally,
    slot: Slot,
  ): Promise<Step> {
    try {
      // Others of it may have hung while this one waited for its socket.
      if (this.#deps.care.belongsAside(target, subscription))
        return settle({ target, row: null, decision: { kind: 'slow-lane' } });
      const left = this.#deadline.remainingMs() - DISPATCH.deadlineMarginMs;
      if (left < timeoutMsOf(subscription)) return { kind: 'not-started', why: 'time' };
      tally.sending(target, this.#deps.clock.now(), this.#deps.slots.open);
      const attempt = await this.#asking.ask(target, subscription, body, slot);
      if (attempt === null) return { kind: 'not-started', why: 'look-ups' };
      tally.sent(target, attempt.sent, attempt.endedAt);
      const slow = this.#deps.care.isSlow(subscription);
      const settlement = decide(target, subscription, attempt, this.#deps.random, slow);
      return { kind: 'settle', settlement, subscription, attempt };
    } finally {
      slot.release();
    }
  }
}

async function orStuck(holding: Promise<Decision | null>): Promise<Decision | Stuck | null> {
  try {
    return await holding;
  } catch (cause) {
    return { kind: 'stuck', recorded: true, cause };
  }
}

/** Whether a subscription leads elsewhere than its copy says, or is gone. */
function isAnother(current: Subscription | undefined, copy: Subscription): boolean {
  return current === undefined || endpointKey(current) !== endpointKey(copy);
}
