import { SQS } from '../../contract/limits.ts';
import type { DeadLetterMessage, DeliveryMessage } from '../../contract/messages.ts';
import type { Deadline } from '../clock.ts';
import { rowOf, type Target, targetsOf } from '../dispatch/target.ts';
import { decodeDeadLetterMessage, encodeMessage, MessageFormatError } from '../message.ts';
import type { OutgoingMessage } from '../queue.ts';
import type { RedriveRequest, Task } from '../task.ts';
import { matchesRedrive } from './match-dead-letter.ts';
import type { DeadDelivery, ReceivedLetter } from './ports.ts';
import type { PageResult, RedriveDeps } from './work-on-task.ts';

/**
 * Seconds a received letter is held back. Longer than reading through a full queue takes, so that letters which
 * are not wanted are met once; if the task dies they come back by themselves.
 */
const HOLD_SECONDS = 900;
/** Empty answers in a row that mean the end: one alone may be chance. */
const EMPTY_ANSWERS = 3;
/** Time kept free at the end of an invocation, in milliseconds. */
const MARGIN_MS = 10_000;

/** A letter a redrive wants, taken apart. */
interface Wanted {
  readonly letter: DeadLetterMessage;
  readonly data: string;
  readonly target: Target;
  readonly receipt: string;
}

/**
 * Sends dead letters again until there are none, the limit is reached, the pace is used up or time is. For each
 * letter: send, then remove its record, then delete it, so that a crash repeats and never loses.
 */
export async function redriveLetters(
  deps: RedriveDeps,
  task: Task,
  request: RedriveRequest,
  deadline: Deadline,
): Promise<PageResult> {
  const page = new RedrivePage(deps, task, request);
  let empty = 0;
  while (empty < EMPTY_ANSWERS && page.mayGoOn && deadline.remainingMs() > MARGIN_MS) {
    const letters = await deps.letters.receive(HOLD_SECONDS);
    empty = letters.length === 0 ? empty + 1 : 0;
    await page.take(letters);
  }
  const finished = empty >= EMPTY_ANSWERS || page.limitReached;
  await page.release();
  return { ...page.counts, finished, nextSendAt: page.nextSendAt };
}

class RedrivePage {
  readonly #deps: RedriveDeps;
  readonly #task: Task;
  readonly #request: RedriveRequest;
  readonly #passedOver: string[] = [];
  readonly counts = { matched: 0, sent: 0, dropped: 0 };
  nextSendAt: number;

  constructor(deps: RedriveDeps, task: Task, request: RedriveRequest) {
    this.#deps = deps;
    this.#task = task;
    this.#request = request;
    this.nextSendAt = Math.max(task.nextSendAt, deps.clock.now());
  }

  get #left(): number {
    return (this.#request.limit ?? Number.POSITIVE_INFINITY) - this.#task.matched - this.counts.matched;
  }

  get limitReached(): boolean {
    return this.#left <= 0;
  }

  /** False once the limit is reached, or the pace would ask for a longer delay than a queue can give. */
  get mayGoOn(): boolean {
    return !this.limitReached && this.nextSendAt - this.#deps.clock.now() < SQS.maxDelaySeconds * 1000;
  }

  async take(letters: readonly ReceivedLetter[]): Promise<void> {
    const wanted = letters.flatMap((letter) => this.#read(letter) ?? []);
    if (wanted.length === 0) return;
    const dead = await this.#deps.index.stillDead(wanted.map(deathOf));
    const live = wanted.filter(({ target }) => dead.has(target.delivery));
    const chosen = live.slice(0, Math.max(0, this.#left));
    this.#passedOver.push(...live.slice(chosen.length).map(({ receipt }) => receipt));
    const there = await this.#deps.subscriptions.existing(
      this.#request.tenant,
      chosen.map(({ target }) => target.subscription),
    );
    const kept = chosen.filter(({ target }) => there.has(target.subscription));
    await this.#send(kept.filter(({ data }) => data !== ''));
    // The event had expired before the letter was written: there is nothing left to send.
    await this.#drop(
      kept.filter(({ data }) => data === ''),
      'failed',
      'event expired',
    );
    const orphans = chosen.filter(({ target }) => !there.has(target.subscription));
    await this.#drop(orphans, 'cancelled', 'subscription deleted');
    // A letter whose record is gone was sent again before: only the letter is left of it.
    const old = wanted.filter(({ target }) => !dead.has(target.delivery));
    await this.#deps.letters.delete([...old, ...chosen].map(({ receipt }) => receipt));
  }

  /** Makes the letters that were not wanted visible again. */
  async release(): Promise<void> {
    await this.#deps.letters.release(this.#passedOver);
  }

  #read({ body, receipt }: ReceivedLetter): Wanted | null {
    try {
      const { header: letter, data } = decodeDeadLetterMessage(body);
      const [target] = targetsOf(letter, data);
      const { tenant, type: eventType, acceptedAt: createdAt } = letter.event;
      const facts = { tenant, eventType, createdAt, subscription: target?.subscription ?? '' };
      // A letter that came after the task began may be one the task itself sent: taking it again could go on for ever.
      const old = letter.dead.at <= this.#task.createdAt;
      if (target && old && matchesRedrive(this.#request, facts)) {
        return { letter, data, target, receipt };
      }
    } catch (cause) {
      if (!(cause instanceof MessageFormatError)) throw cause;
      this.#deps.log.error('redrive.unreadable', { taskId: this.#task.id }, cause);
    }
    this.#passedOver.push(receipt);
    return null;
  }

  async #send(wanted: readonly Wanted[]): Promise<void> {
    if (wanted.length === 0) return;
    await this.#deps.deliveries.send(wanted.map((one) => this.#message(one)));
    await Promise.all(wanted.map((one) => this.#deps.index.remove(deathOf(one))));
    this.counts.matched += wanted.length;
    this.counts.sent += wanted.length;
    this.#deps.meter.measure('DeliveriesRedriven', wanted.length);
  }

  #message({ letter, data }: Wanted): OutgoingMessage {
    const { dead: _dead, ...message } = letter;
    const again: DeliveryMessage = {
      ...message,
      attempt: letter.attempt + 1,
      step: 0,
      run: this.#task.id,
      trigger: 'redrive',
    };
    const waitMs = Math.max(0, this.nextSendAt - this.#deps.clock.now());
    this.nextSendAt += 1000 / this.#request.ratePerSecond;
    return {
      body: encodeMessage(again, data),
      delaySeconds: Math.min(SQS.maxDelaySeconds, Math.floor(waitMs / 1000)),
      group: letter.event.tenant,
    };
  }

  /** Ends deliveries that cannot be sent again. */
  async #drop(wanted: readonly Wanted[], status: 'failed' | 'cancelled', reason: string): Promise<void> {
    if (wanted.length === 0) return;
    const at = this.#deps.clock.now();
    await this.#deps.deliveryLog.append(
      wanted.map(({ letter, target }) => ({
        ...rowOf(target, at, { result: null, status, reason, nextAttemptAt: null }),
        attempt: letter.attempt + 1,
        run: this.#task.id,
        trigger: 'redrive' as const,
      })),
    );
    await Promise.all(wanted.map((one) => this.#deps.index.remove(deathOf(one))));
    this.counts.matched += wanted.length;
    this.counts.dropped += wanted.length;
  }
}

function deathOf({ letter, target }: Wanted): DeadDelivery {
  return { tenant: letter.event.tenant, delivery: target.delivery, attempt: letter.attempt };
}
