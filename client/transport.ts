import { setTimeout as sleep } from 'node:timers/promises';
import type { ProblemBody } from '../contract/api.ts';
import { FanfareProblem, FanfareTimeout, FanfareUnreachable } from './failures.ts';
import { mayPass, retryAfter, waitBefore } from './retry-policy.ts';

/** One request, ready to be sent. */
export interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Whether a refusal's text is an answer all the same, as that of an array in which no event was accepted. */
  readonly isAnswer?: ((text: string) => boolean) | undefined;
  /** Whether sending it twice does the same as sending it once. */
  readonly repeatable: boolean;
  /** Tries after the first one. */
  readonly retries: number;
  /** Time for one try. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A good answer, with its text as it came. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly requestId: string | null;
}

/** What the transport needs of the world. */
export interface World {
  readonly fetch: typeof fetch;
  wait(ms: number, signal: AbortSignal | undefined): Promise<void>;
  now(): number;
  random(): number;
}

export const REAL_WORLD: World = {
  fetch: (...args) => fetch(...args),
  wait: async (ms, signal) => {
    await sleep(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
      // The caller's own reason says more than the timer's.
      signal?.throwIfAborted();
      throw error;
    });
  },
  now: () => Date.now(),
  random: () => Math.random(),
};

/** A whole answer, good or not. */
interface Whole extends Answer {
  readonly response: Response;
}

/** What became of one try. */
type Tried = Whole | FanfareTimeout | FanfareUnreachable;

/**
 * Sends a request, again where that is safe and may help. Throws `FanfareProblem`, `FanfareTimeout`,
 * `FanfareUnreachable`, or the reason of the caller's signal.
 */
export async function exchange(request: Request, world: World): Promise<Answer> {
  for (let retry = 0; ; retry++) {
    const tried = await tryOnce(request, world);
    if (!(tried instanceof Error) && tried.response.ok) return tried;
    // What a second try does not find, the first one removed, and its answer was lost.
    if (retry > 0 && request.method === 'DELETE' && !(tried instanceof Error) && tried.status === 404) {
      return { status: 204, text: '', requestId: tried.requestId };
    }
    const asked = tried instanceof Error ? null : tried.response.headers.get('retry-after');
    const retryAfterSeconds = retryAfter(asked, world.now());
    const again = request.repeatable && (tried instanceof Error || mayPass(tried.status));
    const wait = again ? waitBefore(retry, request.retries, retryAfterSeconds, world.random) : null;
    if (wait !== null) await world.wait(wait, request.signal);
    else if (tried instanceof Error) throw tried;
    else if (request.isAnswer?.(tried.text)) return tried;
    else throw new FanfareProblem(problemOf(tried), tried.requestId, retryAfterSeconds);
  }
}

async function tryOnce(request: Request, world: World): Promise<Tried> {
  const { method, url, headers, body, signal, timeoutMs } = request;
  signal?.throwIfAborted();
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const response = await world.fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      // A redirect would carry the key to wherever it points.
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    const text = await response.text();
    return { response, status: response.status, text, requestId: response.headers.get('x-request-id') };
  } catch (cause) {
    signal?.throwIfAborted();
    if (limit.aborted) {
      return new FanfareTimeout(`${originOf(url)} did not answer within ${timeoutMs} ms`, { cause });
    }
    return new FanfareUnreachable(`${originOf(url)} was not reached: ${reasonOf(cause)}`, { cause });
  }
}

function originOf(url: string): string {
  return new URL(url).origin;
}

/** `fetch` says "fetch failed"; why stands one or two causes deeper. */
function reasonOf(error: unknown): string {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  if (!(deepest instanceof Error)) return String(deepest);
  return deepest.message || ('code' in deepest && String(deepest.code)) || deepest.name;
}

const MAX_SHOWN = 200;

/** The answer's problem document, or one that describes an answer which is none, as a proxy's. */
function problemOf({ response, text }: Whole): ProblemBody {
  const found = jsonOf(text);
  if (isProblemBody(found)) return found;
  const location = response.headers.get('location');
  const detail =
    location === null
      ? text.slice(0, MAX_SHOWN) || `The answer was ${response.status} without a word.`
      : `The answer leads elsewhere, to ${location.slice(0, MAX_SHOWN)}; redirects are not followed.`;
  return {
    type: 'about:blank',
    title: response.statusText || `Status ${response.status}`,
    status: response.status,
    detail,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A page of HTML or nothing at all: not a problem document.
    return null;
  }
}

function isProblemBody(value: unknown): value is ProblemBody {
  if (typeof value !== 'object' || value === null) return false;
  const { type, title, status, detail } = value as Partial<Record<keyof ProblemBody, unknown>>;
  return (
    typeof type === 'string' &&
    typeof title === 'string' &&
    typeof status === 'number' &&
    typeof detail === 'string'
  );
}
