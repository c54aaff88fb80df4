import { DISPATCH } from '../../contract/limits.ts';
import type { Deadline, Random } from '../clock.ts';
import type { AttemptResult, DeliveryRow } from '../delivery.ts';
import { decodeDeliveryMessage, encodeMessage } from '../message.ts';
import type { ReceivedRecord } from '../queue.ts';
import { type BodyFormat, type Subscription, timeoutMsOf } from '../subscription.ts';
import { decide, type Settlement, withoutAttempt } from './decision.ts';
import { judgeState } from './guard.ts';
import { maskedUrl } from './masked-url.ts';
import { outcomeOf } from './outcome.ts';
import type { Destination, OutgoingRequest, SendOutcome, SubscriptionReader } from './ports.ts';
import { requestBody } from './request-body.ts';
import { resume } from './resume.ts';
import { Settler, type SettlerDeps } from './settler.ts';
import { signRequest } from './sign-request.ts';
import type { SocketSlots } from './socket-slots.ts';
import { Tally } from './tally.ts';
import { sameAttempt, type Target, targetsOf } from './target.ts';

export interface DispatchDeps extends SettlerDeps {
  readonly subscriptions: SubscriptionReader;
  readonly destination: Destination;
  /** Shared by all batches of an environment. */
  readonly slots: SocketSlots;
  readonly random: Random;
  readonly version: string;
}

/** What became of a target in this invocation. */
type Progress = 'settled' | 'not-started';

/**
 * Works through a batch of delivery messages: each target is prepared, guarded, sent, recorded and decided.
 * Answers the ids of the messages that must come again.
 */
export async function dispatchBatch(
  deps: DispatchDeps,
  records: readonly ReceivedRecord[],
  deadline: Deadline,
): Promise<ReadonlySet<string>> {
  const batch = new Batch(deps, deadline);
  const failed = await Promise.all(records.map((record) => batch.work(record)));
  return new Set(records.filter((_, i) => failed[i]).map((record) => record.messageId));
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

  /** Works on one message. Answers whether it must come again. */
  async work(record: ReceivedRecord): Promise<boolean> {
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
    const { header, data } = decodeDeliveryMessage(record.body);
    tally.is(header);
    const subscriptions = await this.#deps.subscriptions.load(header.event.tenant, header.targets);
    const targets = targetsOf(header, data);
    const bodies = new Map<BodyFormat, Buffer>();
    const known = record.receiveCount > 1 || header.attempt > 1;
    const work = targets.map(async (target): Promise<Progress> => {
      const rows = known ? await this.#deps.deliveryLog.rowsOf(keyOf(target)) : [];
      return this.#target(target, subscriptions.get(target.subscription), rows, bodies, tally);
    });
    const results = await Promise.allSettled(work);
    const broken = results.find((result) => result.status === 'rejected');
    if (broken) throw broken.reason;
    const left = targets.filter((_, i) => {
      const result = results[i];
      return result?.status === 'fulfilled' && result.value === 'not-started';
    });
    if (left.length === 0) return;
    tally.putBack(left.length);
    const again = sameAttempt(
      header,
      left.map((target) => target.subscription),
    );
    await this.#deps.deliveries.send([{ body: encodeMessage(again, data), group: header.event.tenant }]);
  }

  async #target(
    target: Target,
    subscription: Subscription | undefined,
    rows: readonly DeliveryRow[],
    bodies: Map<BodyFormat, Buffer>,
    tally: Tally,
  ): Promise<Progress> {
    const now = this.#deps.clock.now();
    const resumed = rows.length > 0 ? resume(target, rows, now) : null;
    if (resumed) return this.#settle(resumed, tally);
    const verdict = judgeState(subscription);
    if (verdict.kind === 'cancel') {
      return this.#settle(withoutAttempt(target, 'cancelled', 'subscription deleted', now), tally);
    }
    if (verdict.kind === 'skip')
      return this.#settle(withoutAttempt(target, 'skipped', verdict.reason, now), tally);
    const settlement = await this.#attempt(target, verdict.subscription, bodies, tally);
    return settlement === null ? 'not-started' : this.#settle(settlement, tally);
  }

  /** Makes the attempt once a socket is free; null if too little time is left for it. */
  async #attempt(
    target: Target,
    subscription: Subscription,
    bodies: Map<BodyFormat, Buffer>,
    tally: Tally,
  ): Promise<Settlement | null> {
    const release = await this.#deps.slots.take(originOf(subscription.url));
    try {
      if (this.#deadline.remainingMs() - DISPATCH.deadlineMarginMs < timeoutMsOf(subscription)) return null;
      const startedAt = this.#deps.clock.now();
      const request = signRequest({
        subscription,
        eventId: target.event.id,
        delivery: target.delivery,
        attempt: target.message.attempt,
        body: bodyIn(bodies, target, subscription.format),
        now: startedAt,
        version: this.#deps.version,
      });
      tally.sending(target, startedAt, this.#deps.slots.open);
      const sent = request === null ? UNSIGNED : await this.#send(request);
      const now = this.#deps.clock.now();
      tally.sent(target, sent, now);
      const result = resultOf(subscription.url, sent);
      return decide(target, subscription, result, outcomeOf(sent, now), now, this.#deps.random);
    } finally {
      release();
    }
  }

  #send(request: OutgoingRequest): Promise<SendOutcome> {
    return this.#deps.destination.send(request);
  }

  async #settle(settlement: Settlement, tally: Tally): Promise<Progress> {
    tally.settles(settlement);
    await this.#settler.settle(settlement);
    return 'settled';
  }
}

const UNSIGNED: SendOutcome = {
  kind: 'unanswered',
  error: 'no-secret',
  detail: 'the subscription has no usable signing secret, so nothing was sent',
  durationMs: 0,
};

function keyOf({ event, message, delivery }: Target) {
  return { tenant: event.tenant, event: event.id, delivery, shards: message.shards };
}

function originOf(url: string): string {
  return URL.parse(url)?.origin ?? '';
}

function bodyIn(bodies: Map<BodyFormat, Buffer>, { event }: Target, format: BodyFormat): Buffer {
  const body = bodies.get(format) ?? requestBody(event, format);
  bodies.set(format, body);
  return body;
}

/** The part of an attempt that the log keeps. */
export function resultOf(url: string, sent: SendOutcome): AttemptResult {
  const answered = sent.kind === 'answered';
  return {
    url: maskedUrl(url),
    durationMs: Math.round(sent.durationMs),
    status: answered ? sent.status : null,
    error: answered ? null : sent.error,
    errorDetail: answered ? null : sent.detail,
    responseBody: answered ? sent.body : null,
    responseTruncated: answered && sent.truncated,
  };
}
