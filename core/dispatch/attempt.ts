import type { Clock } from '../clock.ts';
import type { AttemptResult } from '../delivery.ts';
import type { Subscription } from '../subscription.ts';
import { maskedAnswer } from './answer-mask.ts';
import { endpointOf } from './endpoint.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import type { Destination, SendOutcome } from './ports.ts';
import { type RequestParts, signRequest } from './sign-request.ts';

export interface AttemptDeps {
  readonly destination: Destination;
  readonly clock: Clock;
  readonly version: string;
}

/** An attempt that was made. Times in epoch milliseconds. */
export interface Attempt {
  readonly startedAt: number;
  readonly endedAt: number;
  /** Whether the endpoint had a part in it: nothing was sent if look-ups of the tenant had to wait for too long. */
  readonly asked: boolean;
  readonly sent: SendOutcome;
  /** What the log keeps of it. */
  readonly result: AttemptResult;
  /** What it means for the delivery. */
  readonly outcome: Outcome;
}

/**
 * Makes one attempt: prepare, send, read the outcome. Nothing is recorded or decided. Null if it could not be started
 * and may wait.
 */
export async function tryAttempt(deps: AttemptDeps, parts: RequestParts): Promise<Attempt | null> {
  const startedAt = deps.clock.now();
  const request = signRequest(parts, startedAt, deps.version);
  const sent = request === null ? UNSIGNED : await deps.destination.send(request);
  return sent.kind === 'not-started' ? null : attemptOf(deps, parts, startedAt, sent);
}

/** The same, where it may not wait: an attempt that could not be started is one that failed. */
export async function makeAttempt(deps: AttemptDeps, parts: RequestParts): Promise<Attempt> {
  const startedAt = deps.clock.now();
  return (await tryAttempt(deps, parts)) ?? attemptOf(deps, parts, startedAt, UNASKED);
}

function attemptOf(deps: AttemptDeps, parts: RequestParts, startedAt: number, sent: SendOutcome): Attempt {
  const endedAt = deps.clock.now();
  return {
    startedAt,
    endedAt,
    asked: sent !== UNASKED,
    sent,
    result: resultOf(parts.subscription, sent),
    outcome: outcomeOf(sent, endedAt),
  };
}

const UNASKED: SendOutcome = {
  kind: 'unanswered',
  error: 'dns',
  detail:
    'The host was not looked up: too many look-ups of this tenant wait for name servers. Look at those of its other endpoints.',
  durationMs: 0,
  timings: null,
};

const UNSIGNED: SendOutcome = {
  kind: 'unanswered',
  error: 'no-secret',
  detail: 'The subscription has no usable signing secret, so nothing was sent. Rotate its secret.',
  durationMs: 0,
  timings: null,
};

function resultOf(subscription: Subscription, sent: SendOutcome): AttemptResult {
  const { maskedUrl: url } = endpointOf(subscription);
  const durationMs = Math.round(sent.durationMs);
  const { timings } = sent;
  if (sent.kind === 'answered') {
    const { status, truncated: responseTruncated } = sent;
    const responseBody = maskedAnswer(subscription, sent.body, responseTruncated);
    return {
      url,
      durationMs,
      timings,
      status,
      error: null,
      errorDetail: null,
      responseBody,
      responseTruncated,
    };
  }
  const { error } = sent;
  const errorDetail = maskedAnswer(subscription, sent.detail, false);
  return {
    url,
    durationMs,
    timings,
    status: null,
    error,
    errorDetail,
    responseBody: null,
    responseTruncated: false,
  };
}
