import type { Log } from '../log.ts';
import { MessageFormatError } from '../message.ts';
import type { Meter } from '../meter.ts';
import type { RedriveRequest, Task } from '../task.ts';
import { countDeadLetters } from './count-dead-letters.ts';
import { matchesRedrive } from './match-dead-letter.ts';
import { factsOf, type OpenedLetter, openLetter } from './opened-letter.ts';
import type { ReceivedLetter } from './ports.ts';
import { type RedriveBatchDeps, redriveBatch } from './redrive-batch.ts';
import type { TaskHandler, TaskPage, TaskStep } from './task-handler.ts';

export interface LetterRedriveDeps extends RedriveBatchDeps {
  readonly log: Log;
  readonly meter: Meter;
}

/**
 * Seconds that received letters are held back from other receivers. Long enough for several invocations to get
 * through a full queue without meeting a letter twice; what a dead worker held comes back after that.
 */
const HOLD_SECONDS = 600;
/** How far ahead of the clock deliveries are put on the queue, in milliseconds; a cancelled task still sends those. */
const HORIZON_MS = 60_000;
/** Empty answers in a row after which the queue counts as empty: one alone may be chance. */
const EMPTY_ANSWERS = 2;
/** How long to wait for letters that are on record but not to be had: another task may hold them. */
const MISSING_WAIT_SECONDS = 30;
/** When to give up on them, in milliseconds: longer than any hold. */
const MISSING_LIMIT_MS = 30 * 60_000;

/**
 * Sends dead letters again. The records say how many there are to find, so it ends as soon as it found them, and
 * is not deceived by a queue that looks empty; the letters hold what is sent.
 */
export class LetterRedrive implements TaskHandler {
  readonly #deps: LetterRedriveDeps;
  readonly #request: RedriveRequest;
  /** Records left to deal with, as far as this invocation knows; null: not counted yet. */
  #onRecord: number | null = null;
  #emptyAnswers = 0;
  #held: string[] = [];

  constructor(deps: LetterRedriveDeps, request: RedriveRequest) {
    this.#deps = deps;
    this.#request = request;
  }

  async page(task: Task): Promise<TaskPage> {
    const left = await this.#left(task);
    if (this.#request.dryRun) return { ...nothing(task, { kind: 'done' }), matched: left };
    if (left === 0) return nothing(task, { kind: 'done' });
    const aheadMs = task.nextSendAt - this.#deps.clock.now();
    if (aheadMs > HORIZON_MS) {
      // Back while half of what was sent ahead is still to go.
      return nothing(task, { kind: 'wait', seconds: Math.floor((aheadMs - HORIZON_MS / 2) / 1000) });
    }
    const letters = await this.#deps.letters.receive(HOLD_SECONDS);
    return letters.length === 0 ? this.#nothingReceived(task) : this.#redrive(task, letters, left);
  }

  async release(): Promise<void> {
    await this.#deps.letters.release(this.#held);
    this.#held = [];
  }

  /** How many letters there are left to deal with. */
  async #left(task: Task): Promise<number> {
    const now = this.#deps.clock.now();
    this.#onRecord ??= await countDeadLetters(this.#deps.index, this.#request, task, now);
    return Math.min(this.#onRecord, (this.#request.limit ?? Number.POSITIVE_INFINITY) - task.matched);
  }

  async #redrive(task: Task, letters: readonly ReceivedLetter[], left: number): Promise<TaskPage> {
    this.#emptyAnswers = 0;
    const wanted = letters.flatMap((letter) => this.#open(task, letter) ?? []);
    if (wanted.length === 0) return nothing(task, { kind: 'go-on' });
    const batch = await redriveBatch(this.#deps, task, this.#request.ratePerSecond, wanted, left);
    const matched = batch.sent + batch.dropped;
    this.#held.push(...batch.left);
    this.#onRecord = Math.max(0, left - matched);
    if (batch.sent > 0) this.#deps.meter.measure('DeliveriesRedriven', batch.sent);
    return {
      matched,
      sent: batch.sent,
      dropped: batch.dropped,
      nextSendAt: batch.nextSendAt,
      progress: null,
      next: { kind: matched < left ? 'go-on' : 'done' },
      error: batch.error,
    };
  }

  /** Null for a letter that is none of this task's business; it is held, so as not to be met again. */
  #open(task: Task, received: ReceivedLetter): OpenedLetter | null {
    try {
      const opened = openLetter(received);
      if (matchesRedrive(this.#request, factsOf(opened), task)) return opened;
    } catch (cause) {
      if (!(cause instanceof MessageFormatError)) throw cause;
      this.#deps.log.error('redrive.unreadable', { taskId: task.id }, cause);
    }
    this.#held.push(received.receipt);
    return null;
  }

  /** Tells a queue that is empty from one whose letters are in other hands. */
  async #nothingReceived(task: Task): Promise<TaskPage> {
    this.#emptyAnswers++;
    if (this.#emptyAnswers < EMPTY_ANSWERS) return nothing(task, { kind: 'go-on' });
    this.#onRecord = null;
    const left = await this.#left(task);
    if (left === 0) return nothing(task, { kind: 'done' });
    const now = this.#deps.clock.now();
    const missingSince = task.progress === null ? now : Number(task.progress);
    const step: TaskStep =
      now - missingSince > MISSING_LIMIT_MS
        ? { kind: 'failed', failure: `${left} dead letters are on record but not in the queue.` }
        : { kind: 'wait', seconds: MISSING_WAIT_SECONDS };
    return { ...nothing(task, step), progress: String(missingSince) };
  }
}

function nothing(task: Task, next: TaskStep): TaskPage {
  const { nextSendAt, progress } = task;
  return { matched: 0, sent: 0, dropped: 0, nextSendAt, progress, next, error: null };
}
