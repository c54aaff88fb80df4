import type { ProblemBody } from '../contract/api.ts';

/** A request that the server refused or could not do: an RFC 9457 problem. */
export class FanfareProblem extends Error {
  override readonly name = 'FanfareProblem';
  readonly problem: ProblemBody;
  /** `x-request-id` of the answer; null if a proxy answered. */
  readonly requestId: string | null;
  /** Seconds to wait, where the server said so. */
  readonly retryAfterSeconds: number | null;

  constructor(problem: ProblemBody, requestId: string | null, retryAfterSeconds: number | null) {
    super(`${problem.title}: ${problem.detail}`);
    this.problem = problem;
    this.requestId = requestId;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get status(): number {
    return this.problem.status;
  }

  /** The last part of the problem's type, such as `not-found`; `about:blank` if the answer was no problem document. */
  get slug(): string {
    return this.problem.type.split('/').at(-1) ?? '';
  }

  /** Which parts of the request are at fault. */
  get faults(): NonNullable<ProblemBody['errors']> {
    return this.problem.errors ?? [];
  }
}

/** The server gave no whole answer: it is down, its name is unknown, or the connection broke. See `cause`. */
export class FanfareUnreachable extends Error {
  override readonly name = 'FanfareUnreachable';
}

/** The server did not answer in time. Whether it did what was asked is not known. */
export class FanfareTimeout extends Error {
  override readonly name = 'FanfareTimeout';
}
