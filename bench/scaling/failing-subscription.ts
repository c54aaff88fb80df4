import { DEFAULT_RETRY_SCHEDULE, DEFAULT_TIMEOUT_SECONDS, SQS } from '../../contract/limits.ts';
import {
  breakerVerdict,
  failsTooLong,
  HEALTH_POLICY,
  HEALTHY,
  type Health,
  isSlow,
  opened,
  opens,
  reopeningAt,
} from '../../core/dispatch/health.ts';
import { nextAttemptAt } from '../../core/dispatch/retry-schedule.ts';

/** How an endpoint fails: it answers 503 at once, or it never answers. */
export type FailureKind = 'refuses' | 'hangs';

/** What one failing subscription makes the pipeline do, on average over the time it was watched. */
export interface FailingRates {
  /** Attempts a second. */
  readonly attempts: number;
  /** Times a second that a delivery is held back by the open breaker and put on the queue again. */
  readonly holds: number;
  /** Messages a second moved to the slow lane. */
  readonly slowMoves: number;
  /** Retries a second that wait on the queue, and rows a second that are parked in the table. */
  readonly delayed: number;
  readonly parked: number;
  /** Writes a second to its health item. */
  readonly healthWrites: number;
  readonly dead: number;
  /** Deliveries that wait, on average and at the end. */
  readonly waiting: number;
  readonly waitingAtEnd: number;
}

interface Waiting {
  readonly event: string;
  readonly step: number;
  readonly heldSlow: boolean;
}

/** Time a probe keeps the half-open slot besides the endpoint's own, in milliseconds. */
const PROBE_MARGIN_MS = 5_000;

/**
 * Plays one subscription that does nothing but fail, second by second, by the rules that dispatch goes by: breaker,
 * slow lane, retry schedule, auto-disabling. Deliveries come at random, `perSecond` on average, until `hours` are over
 * or it is disabled.
 */
export function failingSubscription(
  kind: FailureKind,
  perSecond: number,
  hours: number,
  random: () => number,
): FailingRates {
  return new FailingSubscription(kind, random).play(perSecond, hours * 3_600);
}

class FailingSubscription {
  readonly #kind: FailureKind;
  readonly #random: () => number;
  readonly #due = new Map<number, Waiting[]>();
  readonly #counts = { attempts: 0, holds: 0, slowMoves: 0, delayed: 0, parked: 0, healthWrites: 0, dead: 0 };
  #health: Health = HEALTHY;
  #disabled = false;
  #waiting = 0;

  constructor(kind: FailureKind, random: () => number) {
    this.#kind = kind;
    this.#random = random;
  }

  play(perSecond: number, seconds: number): FailingRates {
    let nextArrival = this.#gap(perSecond);
    let arrived = 0;
    let waitingSum = 0;
    let second = 0;
    for (; second < seconds && !this.#disabled; second++) {
      for (; nextArrival < second + 1; nextArrival += this.#gap(perSecond)) {
        this.#wait(second, { event: `e${arrived++}`, step: 0, heldSlow: false });
      }
      const due = this.#due.get(second) ?? [];
      this.#due.delete(second);
      // What falls due again within its own second goes on in the next one, so this list does not grow.
      for (const one of due) {
        this.#waiting--;
        if (!this.#disabled) this.#dispatch(one, second * 1_000);
      }
      waitingSum += this.#waiting;
    }
    const average = (count: number): number => count / second;
    return {
      attempts: average(this.#counts.attempts),
      holds: average(this.#counts.holds),
      slowMoves: average(this.#counts.slowMoves),
      delayed: average(this.#counts.delayed),
      parked: average(this.#counts.parked),
      healthWrites: average(this.#counts.healthWrites),
      dead: average(this.#counts.dead),
      waiting: average(waitingSum),
      waitingAtEnd: this.#waiting,
    };
  }

  #gap(perSecond: number): number {
    return -Math.log(1 - this.#random()) / perSecond;
  }

  #wait(second: number, one: Waiting): void {
    this.#waiting++;
    const list = this.#due.get(second);
    if (list) list.push(one);
    else this.#due.set(second, [one]);
  }

  #later(now: number, dueAt: number, one: Waiting): void {
    this.#wait(Math.max(Math.floor(now / 1_000) + 1, Math.ceil(dueAt / 1_000)), one);
  }

  #dispatch(one: Waiting, now: number): void {
    if (isSlow(this.#health, now) && !one.heldSlow) this.#counts.slowMoves++;
    const verdict = breakerVerdict(this.#health, now);
    if (verdict.kind === 'open') {
      this.#counts.holds++;
      const dueAt = reopeningAt(this.#health, verdict.until, this.#random());
      this.#later(now, dueAt, { ...one, heldSlow: false });
      return;
    }
    if (verdict.kind === 'half-open') {
      this.#counts.healthWrites++;
      const until = now + DEFAULT_TIMEOUT_SECONDS * 1_000 + PROBE_MARGIN_MS;
      this.#health = { ...this.#health, probeUntil: until };
    }
    this.#attempt(one, now);
  }

  #attempt(one: Waiting, now: number): void {
    const endedAt = now + (this.#kind === 'hangs' ? DEFAULT_TIMEOUT_SECONDS * 1_000 : 200);
    this.#counts.attempts++;
    this.#learn(one.event, endedAt);
    const dueAt = nextAttemptAt({
      schedule: DEFAULT_RETRY_SCHEDULE,
      step: one.step,
      now: endedAt,
      notBefore: null,
      chance: this.#random(),
    });
    if (dueAt === null) {
      this.#counts.dead++;
      return;
    }
    if (dueAt - endedAt > SQS.maxDelaySeconds * 1_000) this.#counts.parked++;
    else this.#counts.delayed++;
    this.#later(now, dueAt, { ...one, step: one.step + 1, heldSlow: false });
  }

  #learn(event: string, now: number): void {
    const { failures, failingSince, failedEvents } = this.#health;
    const known = failedEvents.length >= HEALTH_POLICY.disableAfterEvents || failedEvents.includes(event);
    this.#health = {
      ...this.#health,
      failures: failures + 1,
      failingSince: failingSince ?? now,
      failedEvents: known ? failedEvents : [...failedEvents, event],
      slowUntil: this.#kind === 'hangs' ? now + HEALTH_POLICY.slowForMs : this.#health.slowUntil,
    };
    this.#counts.healthWrites++;
    if (failsTooLong(this.#health, now)) this.#disabled = true;
    else if (opens(this.#health, now)) {
      this.#counts.healthWrites++;
      this.#health = opened(this.#health, now);
    }
  }
}
