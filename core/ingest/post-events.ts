import { type Caller, tenantFor } from '../api-key.ts';
import type { KnownTypes } from '../event-types/known-types.ts';
import { eventIdOfKey } from '../id.ts';
import type { KeyLimits } from '../key-limits.ts';
import type { Meter } from '../meter.ts';
import { Problem, type ProblemDocument } from '../problem.ts';
import { formatTime } from '../rfc3339.ts';
import { refuseReservedTenant, refuseSystemTenant } from '../system-tenant.ts';
import { traceContextOf, traceIdOf } from '../trace.ts';
import {
  type AcceptDeps,
  type Accepted,
  type AcceptTimes,
  acceptEvents,
  type Candidate,
} from './accept-events.ts';
import { CLOUD_EVENT, CLOUD_EVENT_BATCH, isBinaryMode, readBinary, readStructured } from './cloud-event.ts';
import { type EventInput, invalidEvent, readEventInput } from './event-input.ts';
import { idempotencyKey, refuseKeyWithId } from './idempotency-key.ts';
import { measureAccepted, measureRefusal } from './measure-ingest.ts';
import { jsonMediaType } from './media-type.ts';
import { readPostedBody } from './posted-body.ts';
import { usableId } from './usable-id.ts';

export interface PostEventsDeps extends AcceptDeps {
  readonly meter: Meter;
  readonly types: KnownTypes;
  readonly limits: KeyLimits;
}

/** `POST /v1/events`, after the caller and the scope were checked. */
export interface PostEventsRequest {
  readonly caller: Caller;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** All headers, names in lower case: a CloudEvent may come in them. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  readonly requestId: string;
}

/** The answer for one accepted event. */
export interface AcceptedView {
  readonly id: string;
  readonly tenant: string;
  readonly type: string;
  readonly acceptedAt: string;
  readonly duplicate: boolean;
}

/** One event of an array: what it would have been answered alone. */
export type EventResult =
  | ({ readonly status: 202 } & AcceptedView)
  | { readonly status: number; readonly error: ProblemDocument };

export interface PostEventsAnswer {
  readonly status: number;
  readonly body: AcceptedView | { readonly results: readonly EventResult[] };
}

/**
 * Accepts the events of a request: 202 means durably queued. A single event's refusal is thrown as a `Problem`;
 * in an array each event has its own result, and only what concerns the whole body is thrown.
 */
export async function postEvents(
  deps: PostEventsDeps,
  request: PostEventsRequest,
): Promise<PostEventsAnswer> {
  const began = deps.clock.now();
  const posted = readPosted(request);
  const key = idempotencyKey(request.idempotencyKey, posted.isArray);
  deps.limits.take(request.caller.keyId, posted.readers.length);
  await deps.types.refresh();
  const judged = posted.readers.map((read, i) => judge(deps, request, posted.isArray, read, i, key));
  const { results, times } = await acceptJudged(deps, judged);
  // A single event's refusal is thrown, and told and counted with all that is.
  if (posted.isArray || results.every(isFine)) {
    logAccepted(deps, request, results, { ...times, durationMs: deps.clock.now() - began });
  }
  measureAccepted(deps.meter, results.filter(isFine));
  if (posted.isArray) for (const result of results) measureRefusal(deps.meter, result);
  return posted.isArray ? arrayAnswer(results) : singleAnswer(results);
}

/** A body's events, each still to be read, so that one that cannot be read costs no other. */
interface Posted {
  readonly isArray: boolean;
  readonly readers: readonly (() => ReadEvent)[];
}

interface ReadEvent {
  readonly input: EventInput;
  /** Compared when the id is used again. */
  readonly bytes: Uint8Array;
}

/** Finds out in which form events came: Fanfare's own, or CloudEvents in one of its three modes. */
function readPosted({ contentType, contentEncoding, headers, body }: PostEventsRequest): Posted {
  const type = jsonMediaType(contentType, contentEncoding);
  const structured = type === CLOUD_EVENT || type === CLOUD_EVENT_BATCH;
  if (!structured && isBinaryMode(headers)) {
    return { isArray: false, readers: [() => readBinary(headers, type, body)] };
  }
  const { isArray, events } = readPostedBody(body, type === CLOUD_EVENT_BATCH ? 0 : 1);
  if (structured && isArray !== (type === CLOUD_EVENT_BATCH)) {
    const needed = isArray ? CLOUD_EVENT_BATCH : CLOUD_EVENT;
    throw new Problem('invalid-event', `Send this body as ${needed}.`, [
      { pointer: 'content-type', detail: `must be ${needed}` },
    ]);
  }
  const read = structured ? readStructured : readEventInput;
  return { isArray, readers: events.map((event) => () => ({ input: read(event), bytes: event.bytes })) };
}

/** A candidate, or the refusal it would get alone. */
function judge(
  { types, meter }: PostEventsDeps,
  request: PostEventsRequest,
  isArray: boolean,
  read: () => ReadEvent,
  index: number,
  key: string | null,
): Candidate | Problem {
  try {
    const { input, bytes } = read();
    refuseKeyWithId(key, input);
    const verdict = types.judge(input.type, input.data);
    if (verdict?.mode === 'block') throw invalidEvent(verdict.faults);
    if (verdict) meter.measure('EventsOffSchema', 1);
    const tenant = tenantFor(request.caller, input.tenant);
    refuseSystemTenant(tenant);
    refuseReservedTenant(tenant, 'invalid-event');
    const chosenId = key === null ? usableId(input) : eventIdOfKey(tenant, key);
    const requestId = isArray ? `${request.requestId}:${index}` : request.requestId;
    const trace = traceContextOf(request.headers);
    return { input, tenant, chosenId, bytes, requestId, trace };
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

async function acceptJudged(
  deps: AcceptDeps,
  judged: readonly (Candidate | Problem)[],
): Promise<{ readonly results: readonly (Accepted | Problem)[]; readonly times: AcceptTimes }> {
  const candidates = judged.filter(isFine);
  const accepted = await acceptEvents(deps, candidates);
  const left = accepted.results.values();
  const results = judged.map((one) => {
    if (one instanceof Problem) return one;
    const next = left.next();
    if (next.done) throw new Error('an event was given no result');
    return next.value;
  });
  return { results, times: accepted.times };
}

function isFine<T>(one: T | Problem): one is T {
  return !(one instanceof Problem);
}

function singleAnswer(results: readonly (Accepted | Problem)[]): PostEventsAnswer {
  const [result] = results;
  if (!result || result instanceof Problem) throw result ?? new Error('the event was given no result');
  return { status: 202, body: view(result) };
}

function arrayAnswer(results: readonly (Accepted | Problem)[]): PostEventsAnswer {
  const body = {
    results: results.map(
      (result): EventResult =>
        result instanceof Problem
          ? { status: result.status, error: result.toDocument() }
          : { status: 202, ...view(result) },
    ),
  };
  return { status: statusOf(results), body };
}

/** 202 all, 207 some, 400 none; 503 for none when it is not all the caller's doing, so that it is sent again. */
function statusOf(results: readonly (Accepted | Problem)[]): number {
  const refused = results.filter((result) => result instanceof Problem);
  if (refused.length === 0) return 202;
  if (refused.length < results.length) return 207;
  return refused.some((problem) => problem.status >= 500) ? 503 : 400;
}

function view({ event, duplicate }: Accepted): AcceptedView {
  const { id, tenant, type, acceptedAt } = event;
  return { id, tenant, type, acceptedAt: formatTime(acceptedAt), duplicate };
}

function logAccepted(
  deps: AcceptDeps,
  request: PostEventsRequest,
  results: readonly (Accepted | Problem)[],
  times: AcceptTimes & { readonly durationMs: number },
): void {
  const accepted = results.filter(isFine);
  const refused = results.filter((result) => result instanceof Problem);
  deps.log[refused.length === 0 ? 'routine' : 'info']('ingest.accepted', {
    requestId: request.requestId,
    traceId: traceIdOf(request.headers.traceparent),
    keyId: request.caller.keyId,
    tenants: [...new Set(accepted.map(({ event }) => event.tenant))],
    eventIds: accepted.map(({ event }) => event.id),
    duplicates: accepted.filter(({ duplicate }) => duplicate).length,
    refused: refused.length,
    problems: [...new Set(refused.map(({ problem }) => problem))],
    bytes: request.body.length,
    ...times,
  });
}
