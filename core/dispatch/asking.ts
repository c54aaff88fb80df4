import type { After, Clock } from '../clock.ts';
import type { Subscription } from '../subscription.ts';
import { type Attempt, type AttemptDeps, makeAttempt, tryAttempt } from './attempt.ts';
import type { Care } from './care.ts';
import { HEALTH_POLICY } from './health.ts';
import { InFlight } from './in-flight.ts';
import { MAX_UNASKED } from './put-back.ts';
import type { BodyOf } from './request-body.ts';
import type { Slot } from './socket-slots.ts';
import type { Target } from './target.ts';

export interface AskingDeps extends AttemptDeps {
  readonly care: Pick<Care, 'isStill' | 'learnLate'>;
  readonly clock: Clock;
  readonly after: After;
}

/** Whoever is being asked, on which socket. */
interface Asked {
  readonly subscription: Subscription;
  readonly slot: Slot;
}

/**
 * Makes the attempts of one invocation, and learns while they go on which endpoints do not answer in time. Their sockets
 * give way to those that wait for one.
 */
export class Asking {
  readonly #deps: AskingDeps;
  readonly #asked: InFlight<Asked>;
  #learning: Promise<unknown> = Promise.resolve();

  constructor(deps: AskingDeps) {
    this.#deps = deps;
    this.#asked = new InFlight(deps, HEALTH_POLICY.slowAnswerMs, (late) => {
      const subscriptions = late.map(({ subscription }) => subscription);
      this.#learning = Promise.all([this.#learning, deps.care.learnLate(subscriptions)]);
      // Now that it is known who is slow, so that no more of those take the places.
      for (const { slot } of late) slot.giveWay();
    });
  }

  /**
   * Makes one attempt. The last word of an endpoint that its owner has left meanwhile is none: the delivery is tried
   * again where the subscription leads now. Null if the attempt could not be started and is to wait.
   */
  async ask(target: Target, subscription: Subscription, body: BodyOf, slot: Slot): Promise<Attempt | null> {
    const answered = this.#asked.begin({ subscription, slot });
    try {
      const mayWait = (target.message.unasked ?? 0) < MAX_UNASKED;
      const attempt = await (mayWait ? tryAttempt : makeAttempt)(this.#deps, {
        subscription,
        eventId: target.event.id,
        delivery: target.delivery,
        attempt: target.request,
        trace: target.event.trace,
        tracestate: target.event.tracestate,
        body: body(subscription.format),
      });
      if (attempt?.outcome.kind !== 'final' || (await this.#deps.care.isStill(subscription))) return attempt;
      return { ...attempt, outcome: { kind: 'failed', notBefore: null } };
    } finally {
      answered();
    }
  }

  /** For how long the endpoint that was asked first has not answered, in milliseconds; 0 if none is being asked. */
  get heldUpMs(): number {
    return this.#asked.oldestMs;
  }

  /** No more is asked. Settles when what was seen is told: an environment stands still once its invocation has ended. */
  async over(): Promise<void> {
    this.#asked.stop();
    await this.#learning;
  }
}
