/** One fault in a request: where (a JSON pointer, RFC 6901, or a parameter's name) and what. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** Every kind of refusal: the last part of `type`, with its status and title. RFC 9457. */
export const PROBLEMS = {
  'invalid-event': { status: 400, title: 'The event is not valid' },
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'invalid-cursor': { status: 400, title: 'The cursor is not valid for this list' },
  'invalid-url': { status: 400, title: 'The destination is not allowed' },
  unauthorized: { status: 401, title: 'A valid API key is needed' },
  forbidden: { status: 403, title: 'The API key does not allow this' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'idempotency-conflict': { status: 409, title: 'The id or key was used for another body' },
  conflict: { status: 409, title: 'The resource is not in a state that allows this' },
  'quota-exceeded': { status: 409, title: 'There are as many as there may be' },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The media type is not supported' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'internal-error': { status: 500, title: 'Something went wrong on our side' },
  'loop-detected': { status: 508, title: 'The request was sent by this service itself' },
  unavailable: { status: 503, title: 'Try again in a moment' },
} as const;

export type ProblemType = keyof typeof PROBLEMS;

/** A problem document: `application/problem+json`, RFC 9457. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly Fault[];
}

/** Characters of a pointer or detail that are told; names in what a caller sent may make it long. */
const MAX_TEXT = 1_024;
/** Bytes of all faults of a problem as JSON: an answer may hold a hundred problems, one for each event. */
const MAX_FAULT_BYTES = 16 * 1024;

/** A request refused. Thrown by `core`, turned into an answer by the edge. Its texts are shown to callers. */
export class Problem extends Error {
  override readonly name = 'Problem';

  readonly problem: ProblemType;
  /** As many as are told; the first always is. */
  readonly faults: readonly Fault[];
  /** Extra response headers, such as `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    problem: ProblemType,
    detail: string,
    faults: readonly Fault[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(shortened(detail));
    this.problem = problem;
    this.faults = shownFaults(faults);
    this.headers = headers;
  }

  get status(): number {
    return PROBLEMS[this.problem].status;
  }

  /** The answer's body. */
  toDocument(): ProblemDocument {
    return {
      type: `/problems/${this.problem}`,
      title: PROBLEMS[this.problem].title,
      status: this.status,
      detail: this.message,
      ...(this.faults.length > 0 ? { errors: this.faults } : {}),
    };
  }
}

function shownFaults(faults: readonly Fault[]): readonly Fault[] {
  const shown: Fault[] = [];
  let bytes = 0;
  for (const { pointer, detail } of faults) {
    const fault = { pointer: shortened(pointer), detail: shortened(detail) };
    bytes += Buffer.byteLength(JSON.stringify(fault));
    if (shown.length > 0 && bytes > MAX_FAULT_BYTES) break;
    shown.push(fault);
  }
  return shown;
}

function shortened(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
