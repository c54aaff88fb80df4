import { createHash } from 'node:crypto';
import type { EventEnvelope } from '../../contract/messages.ts';
import type { Clock, Random } from '../clock.ts';
import { newEventId } from '../id.ts';
import type { Log } from '../log.ts';
import { encodeMessage } from '../message.ts';
import type { OperationalEvents } from '../operational-events.ts';
import { Problem } from '../problem.ts';
import { type MessageQueue, QueueSendError } from '../queue.ts';
import type { TraceContext } from '../trace.ts';
import type { EventInput } from './event-input.ts';
import type { EventClaims } from './ports.ts';

export interface AcceptDeps {
  readonly claims: EventClaims;
  /** The queue `events`. */
  readonly queue: MessageQueue;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly operational: OperationalEvents;
}

/** An event found valid, with what accepting it takes. */
export interface Candidate {
  readonly input: EventInput;
  readonly tenant: string;
  /** The id its producer chose, directly or by a key; null: a new one is made. */
  readonly chosenId: string | null;
  readonly bytes: Uint8Array;
  /** Unlike that of any other candidate; the one that first reaches fan-out owns the event. */
  readonly requestId: string;
  /** The request's `traceparent` and `tracestate`. */
  readonly trace: TraceContext;
}

/** An accepted event. `duplicate`: an earlier request had the same id and the same body. */
export interface Accepted {
  readonly event: EventEnvelope;
  readonly duplicate: boolean;
}

/** Time spent, in milliseconds. */
export interface AcceptTimes {
  readonly claimMs: number;
  readonly sendMs: number;
}

/** What a candidate came to after its claim; `send` is false when fan-out has the event already. */
type Claimed = (Accepted & { readonly send: boolean }) | Problem;

/**
 * Claims the chosen ids, puts the events on the queue, and tells for each candidate, in order, whether it is
 * accepted. Refusals are values here: a 409 for an id used with another body, a 503 where our side failed.
 */
export async function acceptEvents(
  deps: AcceptDeps,
  candidates: readonly Candidate[],
): Promise<{ readonly results: readonly (Accepted | Problem)[]; readonly times: AcceptTimes }> {
  const began = deps.clock.now();
  const claimed = await claimInOrder(deps, candidates, began);
  const claimedAt = deps.clock.now();
  const unsent = await send(deps, candidates, claimed);
  const results = claimed.map((one, i): Accepted | Problem => {
    if (one instanceof Problem) return one;
    return unsent.has(i) ? unavailable() : { event: one.event, duplicate: one.duplicate };
  });
  return { results, times: { claimMs: claimedAt - began, sendMs: deps.clock.now() - claimedAt } };
}

/** All at once, except that candidates for one id go one after the other, as separate requests would. */
async function claimInOrder(
  deps: AcceptDeps,
  candidates: readonly Candidate[],
  now: number,
): Promise<readonly Claimed[]> {
  const last = new Map<string, Promise<Claimed>>();
  return Promise.all(
    candidates.map((candidate) => {
      const { tenant, chosenId } = candidate;
      if (chosenId === null) return claimNothing(deps, candidate, now);
      const key = `${tenant}\n${chosenId}`;
      const claiming = (last.get(key) ?? Promise.resolve()).then(() =>
        claimChosen(deps, candidate, chosenId, now),
      );
      last.set(key, claiming);
      return claiming;
    }),
  );
}

function claimNothing(deps: AcceptDeps, candidate: Candidate, now: number): Claimed {
  const event = envelope(candidate, newEventId(now, deps.random), now);
  return { event, duplicate: false, send: true };
}

async function claimChosen(
  deps: AcceptDeps,
  candidate: Candidate,
  id: string,
  now: number,
): Promise<Claimed> {
  const { tenant, bytes, requestId, input } = candidate;
  const source = input.source?.name ?? null;
  const bodyHash = createHash('sha256').update(bytes).digest('hex');
  try {
    const outcome = await deps.claims.claim({ tenant, id, bodyHash, acceptedAt: now, requestId, source });
    if (outcome.kind === 'claimed') {
      return { event: envelope(candidate, id, outcome.acceptedAt), duplicate: false, send: true };
    }
    // Ids are unique for their source alone: another's event gets an id made of both.
    if (input.source && outcome.by.source !== source && id !== input.source.derivedId) {
      return claimChosen(deps, candidate, input.source.derivedId, now);
    }
    if (outcome.by.bodyHash !== bodyHash) {
      await deps.operational.publish('event.conflict', `${tenant}/${id}/${bodyHash}`, { tenant, event: id });
      return conflict();
    }
    // Not on record yet: the first request may have died between claim and send, so this one sends. If it did
    // not, fan-out drops the second message, because another request owns the event.
    const event = envelope(candidate, id, outcome.by.acceptedAt);
    return { event, duplicate: true, send: !outcome.recorded };
  } catch (cause) {
    deps.log.error('ingest.claim-failed', { requestId, tenant, eventId: id }, cause);
    return unavailable();
  }
}

/** Sends in one go; answers the positions of candidates whose message was not accepted. */
async function send(
  deps: AcceptDeps,
  candidates: readonly Candidate[],
  claimed: readonly Claimed[],
): Promise<ReadonlySet<number>> {
  const sent: number[] = [];
  const messages = candidates.flatMap(({ input, tenant, requestId, chosenId }, i) => {
    const one = claimed[i];
    if (!one || one instanceof Problem || !one.send) return [];
    sent.push(i);
    const header = { v: 1, requestId, event: one.event } as const;
    const message = chosenId === null ? header : ({ ...header, claimed: true } as const);
    return [{ body: encodeMessage(message, input.data), group: tenant }];
  });
  if (messages.length === 0) return new Set();
  try {
    await deps.queue.send(messages);
    return new Set();
  } catch (cause) {
    const failed = cause instanceof QueueSendError ? cause.failed.flatMap((at) => sent[at] ?? []) : sent;
    const requestIds = failed.flatMap((i) => candidates[i]?.requestId ?? []);
    deps.log.error('ingest.send-failed', { failed: failed.length, requestIds }, cause);
    return new Set(failed);
  }
}

function envelope({ input, tenant, trace }: Candidate, id: string, acceptedAt: number): EventEnvelope {
  const { type, subject, time, metadata } = input;
  const event = { tenant, id, type, subject, time: time ?? acceptedAt, acceptedAt, metadata, ...trace };
  return input.source === null ? event : { ...event, cloudEvent: input.source.origin };
}

function conflict(): Problem {
  return new Problem(
    'idempotency-conflict',
    'This id or Idempotency-Key was used for another body. Nothing was sent: use a new one, or send the same bytes.',
  );
}

function unavailable(): Problem {
  return new Problem('unavailable', 'The event was not accepted. Send it again.', [], { 'retry-after': '1' });
}
