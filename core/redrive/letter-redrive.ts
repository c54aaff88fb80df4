import type { Log } from '../log.ts';
import { MessageFormatError } from '../message.ts';
import type { Meter } from '../meter.ts';
import type { RedriveRequest, Task } from '../task.ts';
import { countPage } from './count-dead-letters.ts';
import { matchesRedrive } from './match-dead-letter.ts';
import { factsOf, type OpenedLetter, openLetter } from './opened-letter.ts';
import type { ReceivedLetter } from './ports.ts';
import { type RedriveBatchDeps, redriveBatch } from './redrive-batch.ts';
import { NOT_COUNTED, type RedriveNotes, readNotes } from './redrive-notes.ts';
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
 * Sends dead letters again. The records are counted first, a page at a time, and say how many there are to find: so it
 * ends as soon as it found them, and is not deceived by a queue that looks empty. The letters hold what is sent.
 */
export class LetterRedrive implements TaskHandler {
  readonly #deps: LetterRedriveDeps;
  readonly #request: RedriveRequest;
  #emptyAnswers = 0;
  #held: string[] = [];

  constructor(deps: LetterRedriveDeps, request: RedriveRequest) {
    this.#deps = deps;
    this.#request = request;
  }

  async page(task: Task): Promise<TaskPage> {
    const notes = readNotes(task.progress);
    const wanted = (this.#request.limit ?? Number.POSITIVE_INFINITY) - task.matched;
    if (notes.left === null) return this.#count(task, notes, wanted);
    const left = Math.min(notes.left, wanted);
    if (left <= 0) return nothing(task, notes, { kind: 'done' });
    const aheadMs = task.nextSendAt - this.#deps.clock.now();
    if (aheadMs > HORIZON_MS) {
      // Back while half of what was sent ahead is still to go.
      const seconds = Math.floor((aheadMs - HORIZON_MS / 2) / 1000);
      return nothing(task, notes, { kind: 'wait', seconds });
    }
    const letters = await this.#deps.letters.receive(HOLD_SECONDS);
    return letters.length === 0
      ? this.#nothingReceived(task, notes)
      : this.#redrive(task, notes, letters, left);
  }

  async release(): Promise<void> {
    await this.#deps.letters.release(this.#held);
    this.#held = [];
  }

  /** Counts one page of the records. A dry run is that alone. */
  async #count(task: Task, notes: RedriveNotes, wanted: number): Promise<TaskPage> {
    const now = this.#deps.clock.now();
    const page = await countPage(this.#deps.index, this.#request, notes.after, task, now);
    const counted = notes.counted + page.found;
    if (this.#request.dryRun) {
      const matched = Math.min(page.found, wanted);
      const isOver = page.after === null || matched === wanted;
      const next = { ...notes, counted, after: page.after };
      return { ...nothing(task, next, { kind: isOver ? 'done' : 'go-on' }), matched };
    }
    if (page.after !== null && counted < wanted) {
      return nothing(task, { ...notes, counted, after: page.after }, { kind: 'go-on' });
    }
    const done = { ...NOT_COUNTED, left: counted, missingSince: notes.missingSince };
    if (counted === 0) return nothing(task, done, { kind: 'done' });
    return nothing(task, done, notes.missingSince === null ? { kind: 'go-on' } : this.#missing(done));
  }

  async #redrive(
    task: Task,
    notes: RedriveNotes,
    letters: readonly ReceivedLetter[],
    left: number,
  ): Promise<TaskPage> {
    this.#emptyAnswers = 0;
    const wanted = letters.flatMap((letter) => this.#open(task, letter) ?? []);
    if (wanted.length === 0) return nothing(task, notes, { kind: 'go-on' });
    const batch = await redriveBatch(this.#deps, task, this.#request.ratePerSecond, wanted, left);
    const matched = batch.sent + batch.dropped;
    this.#held.push(...batch.left);
    if (batch.sent > 0) this.#deps.meter.measure('DeliveriesRedriven', batch.sent);
    const after = { ...NOT_COUNTED, left: Math.max(0, (notes.left ?? 0) - matched) };
    return {
      matched,
      sent: batch.sent,
      dropped: batch.dropped,
      nextSendAt: batch.nextSendAt,
      progress: JSON.stringify(after),
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

  /** Tells a queue that is empty from one whose letters are in other hands: by a new count of the records. */
  #nothingReceived(task: Task, notes: RedriveNotes): TaskPage {
    this.#emptyAnswers++;
    if (this.#emptyAnswers < EMPTY_ANSWERS) return nothing(task, notes, { kind: 'go-on' });
    const missingSince = notes.missingSince ?? this.#deps.clock.now();
    return nothing(task, { ...NOT_COUNTED, missingSince }, { kind: 'go-on' });
  }

  /** Letters that are on record and not to be had. */
  #missing({ left, missingSince }: RedriveNotes): TaskStep {
    if (this.#deps.clock.now() - (missingSince ?? 0) <= MISSING_LIMIT_MS) {
      return { kind: 'wait', seconds: MISSING_WAIT_SECONDS };
    }
    return { kind: 'failed', failure: `${left} dead letters are on record but not in the queue.` };
  }
}

function nothing(task: Task, notes: RedriveNotes, next: TaskStep): TaskPage {
  const { nextSendAt } = task;
  return { matched: 0, sent: 0, dropped: 0, nextSendAt, progress: JSON.stringify(notes), next, error: null };
}
