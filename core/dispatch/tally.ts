import type { DeliveryMessage } from '../../contract/messages.ts';
import type { FailureClass, HoldReason } from '../../contract/metrics.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Meter } from '../meter.ts';
import type { ReceivedRecord } from '../queue.ts';
import { traceIdOf } from '../trace.ts';
import type { Decision, Settlement } from './decision.ts';
import type { SendOutcome } from './ports.ts';
import { isNotAsked } from './put-back.ts';
import type { ServedMessages } from './served-messages.ts';
import type { End } from './step.ts';
import type { Target } from './target.ts';

/** Counts what happens to one message, and tells it in one wide log line, unless the invocation's line says enough. */
export class Tally {
  readonly #deps: { readonly clock: Clock; readonly log: Log; readonly meter: Meter };
  readonly #record: ReceivedRecord;
  readonly #began: number;
  readonly #counts = new Map<string, number>();
  #message: DeliveryMessage | null = null;
  #slowestMs = 0;
  #lookUpMs = 0;
  readonly #failedSubscriptions = new Set<string>();
  #failedAttempts = 0;

  constructor(deps: { clock: Clock; log: Log; meter: Meter }, record: ReceivedRecord) {
    this.#deps = deps;
    this.#record = record;
    this.#began = deps.clock.now();
  }

  /** The message could be read. */
  is(message: DeliveryMessage): void {
    this.#message = message;
  }

  /** Subscriptions and their health are known. */
  lookedUp(): void {
    this.#lookUpMs = this.#deps.clock.now() - this.#began;
  }

  /** A request is about to go out. */
  sending({ message, event }: Target, now: number, open: number): void {
    this.#deps.meter.measure('AttemptsInFlight', open);
    // What an endpoint's own state or pace held back, or what somebody asked for much later, is not our lateness.
    if (isFirst(message)) this.#deps.meter.measure('FirstAttemptLag', Math.max(0, now - event.acceptedAt));
  }

  /** A request came to its end. */
  sent({ event, subscription }: Target, sent: SendOutcome, now: number): void {
    this.#slowestMs = Math.max(this.#slowestMs, sent.durationMs);
    this.#deps.meter.measure('AttemptsMade', 1);
    this.#deps.meter.measure('AttemptLatency', Math.round(sent.durationMs));
    if (sent.kind === 'answered' && sent.status >= 200 && sent.status < 300) {
      this.#deps.meter.measure('AttemptsSucceeded', 1);
      this.#deps.meter.measure('EndToEndLag', Math.max(0, now - event.acceptedAt));
    } else {
      const failure = classOf(sent);
      this.#count(failure);
      this.#failedAttempts++;
      this.#failedSubscriptions.add(subscription);
      this.#deps.meter.measure('AttemptsFailed', 1, failure);
    }
  }

  /** A target is about to be recorded and decided. */
  settles({ row, decision }: Settlement): void {
    const hold = holdOf(decision);
    if (hold !== null) {
      this.#count(`held-${hold}`);
      this.#deps.meter.measure('DeliveriesHeld', 1, hold);
      return;
    }
    this.#count(row === null ? 'resumed' : (row.status ?? 'manual-failed'));
    if (decision.kind === 'dead') this.#deps.meter.measure('DeliveriesDead', 1);
    if (decision.kind === 'retry') this.#deps.meter.measure('DeliveriesRetried', 1);
    if (row?.status === 'skipped') this.#deps.meter.measure('DeliveriesSkipped', 1);
    if (row?.status === 'cancelled') this.#deps.meter.measure('DeliveriesCancelled', 1);
  }

  /** Targets go back to the queue: the time is up, or their hosts could not be looked up. */
  putBack(ends: readonly End[]): void {
    const left = ends.filter(({ kind }) => kind !== 'settled');
    const notAsked = left.filter(isNotAsked).length;
    if (left.length > notAsked) this.#counts.set('put-back', left.length - notAsked);
    if (notAsked === 0) return;
    this.#counts.set('held-dns', notAsked);
    this.#deps.meter.measure('DeliveriesHeld', notAsked, 'dns');
  }

  /**
   * Writes the line of a message that is acknowledged; a routine one if every target was served. If that was at the
   * first attempt there is no more to say than fits into a line of all such messages of the invocation.
   */
  done(served: ServedMessages): void {
    const message = this.#message;
    const isServed = message !== null && this.#counts.get('succeeded') === message.targets.length;
    if (isServed && isFirst(message) && this.#record.receiveCount === 1) {
      const now = this.#deps.clock.now();
      const ageMs = this.#began - message.event.acceptedAt;
      const slowestMs = Math.round(this.#slowestMs);
      served.add({ message, ageMs, durationMs: now - this.#began, slowestMs });
      return;
    }
    this.#deps.log[isServed ? 'routine' : 'info']('dispatch.attempted', this.#fields());
  }

  /** Writes the line of a message that must come again. */
  failed(cause: unknown): void {
    this.#deps.meter.measure('BatchItemsReturned', 1, 'dispatch');
    this.#deps.log.error('dispatch.failed', this.#fields(), cause);
  }

  #count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  #fields() {
    const message = this.#message;
    return {
      messageId: this.#record.messageId,
      receiveCount: this.#record.receiveCount,
      tenant: message?.event.tenant,
      eventId: message?.event.id,
      eventType: message?.event.type,
      subscriptionId: message?.targets.length === 1 ? message.targets[0] : undefined,
      targets: message?.targets.length,
      attempt: message?.attempt,
      trigger: message?.trigger,
      traceId: traceIdOf(message?.event.trace),
      ageMs: message ? this.#began - message.event.acceptedAt : undefined,
      durationMs: this.#deps.clock.now() - this.#began,
      lookUpMs: this.#lookUpMs,
      slowestMs: Math.round(this.#slowestMs),
      failedAttempts: this.#failedAttempts,
      ...(this.#failedAttempts === 0 ? {} : { failedSubscriptions: [...this.#failedSubscriptions] }),
      ...Object.fromEntries(this.#counts),
    };
  }
}

/** Whether nothing happened to a message before: no attempt, no wait, and nobody asked for it. */
function isFirst({ attempt, trigger, held }: DeliveryMessage): boolean {
  return attempt === 1 && trigger === 'schedule' && held === undefined;
}

/** Why a delivery waits without having been sent; null if it does not. */
function holdOf(decision: Decision): HoldReason | null {
  if (decision.kind === 'slow-lane') return 'slow';
  if (decision.kind !== 'later') return null;
  return decision.slotAt === null ? 'breaker' : 'pace';
}

/** How graphs tell failures apart. */
function classOf(sent: SendOutcome): FailureClass {
  if (sent.kind === 'unanswered') return sent.error === 'response-too-large' ? 'protocol' : sent.error;
  if (sent.status >= 500) return '5xx';
  return sent.status >= 400 ? '4xx' : '3xx';
}
