import type { Destination, OutgoingRequest, SendOutcome, SendResult } from '../../core/dispatch/ports.ts';
import { answerToForwarded } from './hard-moods.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Worker } from './worker.ts';

/** How an endpoint behaves for a while. */
export type Mood =
  | 'healthy'
  | 'slow'
  | 'hanging'
  | 'flapping'
  | 'failing'
  | 'gone'
  | 'going'
  /** Answers at the last moment that the longest timeout leaves. */
  | 'late'
  /** Mostly its name is not even looked up, as too many look-ups of the tenant wait. */
  | 'unsought'
  /** Forwards what it gets to our own API. */
  | 'looping'
  | 'throttling'
  | 'resetting';

export const MOODS: readonly [Mood, ...Mood[]] = [
  'healthy',
  'slow',
  'hanging',
  'flapping',
  'failing',
  'gone',
  'throttling',
  'resetting',
];

/** One request as an endpoint saw it. */
export interface Arrival {
  readonly url: string;
  readonly at: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The answer that was given, or null if the connection ended without one. */
  readonly status: number | null;
  /** Seconds it asked to wait. */
  readonly retryAfter: number | null;
  /** When the answer was complete; null if there was none. */
  readonly answeredAt: number | null;
  /** When the request had to be over, answered or not. */
  readonly deadlineAt: number;
  /** When whoever sent it heard how it went; null: never. */
  heardAt: number | null;
  /** Who sent it. */
  readonly by: Worker;
}

/** The longest timeout is 15 seconds. */
const LATE_MS = 14_900;
/** Fewer than dispatch puts up with, so that none of them may cost an attempt. */
const MOST_UNSOUGHT = 20;
const RETRY_AFTER_SECONDS = [1, 30, 600, 7_200] as const;

/** All endpoints there are: each URL has a mood that may change with time. */
export class SimulatedEndpoints {
  readonly #time: VirtualTime;
  readonly #moods = new Map<string, Mood>();
  readonly arrivals: Arrival[] = [];
  /** Every change of mood there was. */
  readonly moodChanges: { readonly at: number; readonly url: string; readonly mood: Mood }[] = [];

  /** By delivery: attempts that were not started. */
  readonly unsought = new Map<string, number>();
  /** Promises that were seen broken here. */
  readonly broken: string[] = [];

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  moodOf(url: string): Mood {
    return this.#moods.get(url) ?? 'healthy';
  }

  setMood(url: string, mood: Mood): void {
    this.#moods.set(url, mood);
    this.moodChanges.push({ at: this.#time.now(), url, mood });
  }

  /** Makes every endpoint healthy. */
  heal(): void {
    this.#moods.clear();
  }

  /** The endpoints as one worker reaches them. */
  seenBy(worker: Worker): Destination {
    return { send: (request) => this.#send(worker, request) };
  }

  async #send(worker: Worker, request: OutgoingRequest): Promise<SendResult> {
    if (worker.remainingMs() < request.timeoutMs)
      this.broken.push(`${request.url}: a request may outlive its worker by its timeout`);
    const delivery = lowerCased(request.headers)['fanfare-delivery'] ?? '';
    const before = this.unsought.get(delivery) ?? 0;
    if (this.moodOf(request.url) === 'unsought' && before < MOST_UNSOUGHT && this.#time.chance(0.9)) {
      this.unsought.set(delivery, before + 1);
      return { kind: 'not-started' };
    }
    return this.#exchange(worker, request);
  }

  async #exchange(worker: Worker, request: OutgoingRequest): Promise<SendOutcome> {
    const answer = this.#answer(request);
    const at = this.#time.now();
    const inTime = answer.afterMs < request.timeoutMs;
    const arrival: Arrival = {
      url: request.url,
      at,
      headers: lowerCased(request.headers),
      body: request.body.toString('utf8'),
      status: inTime ? answer.status : null,
      retryAfter: inTime ? answer.retryAfter : null,
      answeredAt: inTime && answer.status !== null ? at + answer.afterMs : null,
      deadlineAt: at + request.timeoutMs,
      heardAt: null,
      by: worker,
    };
    this.arrivals.push(arrival);
    await settling(worker, answer.afterMs, request.timeoutMs);
    arrival.heardAt = this.#time.now();
    const durationMs = Math.min(answer.afterMs, request.timeoutMs);
    const took = { durationMs, timings: null };
    if (!inTime) return { kind: 'unanswered', error: 'timeout', detail: 'no answer in time', ...took };
    if (answer.status === null) {
      return { kind: 'unanswered', error: 'reset', detail: 'the connection was reset', ...took };
    }
    return {
      kind: 'answered',
      status: answer.status,
      retryAfter: answer.retryAfter === null ? null : String(answer.retryAfter),
      body: '',
      truncated: false,
      ...took,
    };
  }

  #answer(request: OutgoingRequest): { status: number | null; afterMs: number; retryAfter: number | null } {
    const time = this.#time;
    const soon = Math.round(time.between(5, 300));
    switch (this.moodOf(request.url)) {
      case 'healthy':
        return { status: 200, afterMs: soon, retryAfter: null };
      case 'slow':
        return { status: 200, afterMs: Math.round(time.between(3_000, 14_000)), retryAfter: null };
      case 'hanging':
        return { status: null, afterMs: Number.POSITIVE_INFINITY, retryAfter: null };
      case 'flapping':
        return { status: time.chance(0.5) ? 200 : 503, afterMs: soon, retryAfter: null };
      case 'failing':
        return { status: 500, afterMs: soon, retryAfter: null };
      case 'gone':
        return { status: 410, afterMs: soon, retryAfter: null };
      case 'going':
        return { status: 410, afterMs: time.between(1_000, 10_000), retryAfter: null };
      case 'late':
        return { status: 200, afterMs: LATE_MS, retryAfter: null };
      case 'unsought':
        return { status: 200, afterMs: soon, retryAfter: null };
      case 'looping': {
        const status = answerToForwarded(lowerCased(request.headers));
        if (status === null) this.broken.push(`${request.url}: the API took what Fanfare had sent itself`);
        return { status: status ?? 202, afterMs: soon, retryAfter: null };
      }
      case 'throttling':
        return { status: 429, afterMs: soon, retryAfter: time.pick(RETRY_AFTER_SECONDS) };
      case 'resetting':
        return { status: null, afterMs: soon, retryAfter: null };
    }
  }
}

/**
 * Resolves when the peer is done, or at the deadline that each adapter keeps by itself. A peer that hangs is never done:
 * no timer of its own would ever end the request.
 */
function settling(worker: Worker, afterMs: number, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cancels: (() => void)[] = [];
    const end = (): void => {
      for (const cancel of cancels) cancel();
      resolve();
    };
    cancels.push(worker.after(deadlineMs, end));
    if (Number.isFinite(afterMs)) cancels.push(worker.after(afterMs, end));
  });
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
