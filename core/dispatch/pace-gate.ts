import type { Clock } from '../clock.ts';
import type { SubscriptionLife } from '../subscription.ts';
import { intervalMs, slotTimes } from './pace.ts';
import type { PaceStore } from './ports.ts';

export interface PaceGateDeps {
  readonly pace: PaceStore;
  readonly clock: Clock;
  /** Waits some milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
}

/** How long a target waits for others of its subscription, so that they reserve their slots together. */
const COMPANY_MS = 5;

/** Reserves the slots of rate-limited subscriptions: one update for all targets of a batch that come together. */
export class PaceGate {
  readonly #deps: PaceGateDeps;
  readonly #waiting = new Map<string, ((slot: Promise<number>) => void)[]>();

  constructor(deps: PaceGateDeps) {
    this.#deps = deps;
  }

  /** When one more delivery may go, in epoch milliseconds. */
  slot(subscription: SubscriptionLife, perSecond: number): Promise<number> {
    const key = `${subscription.tenant}\n${subscription.id}\n${subscription.createdAt}`;
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(key);
      if (waiting) {
        waiting.push(resolve);
        return;
      }
      this.#waiting.set(key, [resolve]);
      void this.#deps.pause(COMPANY_MS).then(() => this.#reserve(key, subscription, perSecond));
    });
  }

  #reserve(key: string, subscription: SubscriptionLife, perSecond: number): void {
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    const now = this.#deps.clock.now();
    const count = waiting.length;
    const slots = this.#deps.pace
      .reserve(subscription, count, intervalMs(perSecond), now)
      .then((due) => slotTimes(due, count, perSecond, now));
    for (const [i, resolve] of waiting.entries()) resolve(slots.then((times) => times[i] ?? now));
  }
}
