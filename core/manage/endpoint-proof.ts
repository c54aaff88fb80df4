import { VERIFY } from '../../contract/limits.ts';
import type { Clock, Random } from '../clock.ts';
import { type AttemptDeps, makeAttempt } from '../dispatch/attempt.ts';
import type { SendOutcome } from '../dispatch/ports.ts';
import { bodyOf } from '../dispatch/request-body.ts';
import { deliveryId, newEventId } from '../id.ts';
import { Problem } from '../problem.ts';
import { type Subscription, timeoutMsOf } from '../subscription.ts';

export interface EndpointProofDeps extends AttemptDeps {
  readonly clock: Clock;
  readonly random: Random;
}

/** The type of the one event that an endpoint gets before it has proven that it wants others. */
export const VERIFY_TYPE = 'fanfare.verify';

/** Why an endpoint has proven nothing yet, before it was asked. */
export const NOT_ASKED = 'the endpoint has not been asked yet';

/**
 * Asks an endpoint whether it wants us: a signed event with a random challenge, which must come back in the answer to
 * that very request. Null if it did, otherwise what happened instead, to be shown. It goes through the same guard as
 * every delivery, is sent once, and its endpoint has ten seconds at most.
 */
export async function askEndpoint(
  deps: EndpointProofDeps,
  subscription: Subscription,
): Promise<string | null> {
  const now = deps.clock.now();
  const challenge = Buffer.from(deps.random.bytes(VERIFY.challengeBytes)).toString('base64url');
  const event = {
    tenant: subscription.tenant,
    id: newEventId(now, deps.random),
    type: VERIFY_TYPE,
    subject: null,
    time: now,
    acceptedAt: now,
    metadata: {},
    data: JSON.stringify({ challenge }),
  };
  const timeoutSeconds = Math.min(VERIFY.maxSeconds, timeoutMsOf(subscription) / 1000);
  const { sent } = await makeAttempt(deps, {
    subscription: { ...subscription, timeoutSeconds },
    eventId: event.id,
    delivery: deliveryId(event, subscription.id),
    attempt: 1,
    body: bodyOf(event)(subscription.format),
  });
  return whatIsWrong(sent, challenge);
}

function whatIsWrong(sent: SendOutcome, challenge: string): string | null {
  if (sent.kind === 'unanswered') return `no answer to the challenge: ${sent.error}`;
  if (sent.status < 200 || sent.status > 299) return `the challenge was answered ${sent.status}`;
  return holds(sent.body, challenge) ? null : 'the answer does not hold the challenge';
}

/** The challenge as it is, or as a member of a JSON object. */
function holds(body: string, challenge: string): boolean {
  const text = body.trim();
  if (text === challenge) return true;
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null && 'challenge' in read && read.challenge === challenge;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** A subscription whose endpoint proved that it wants us: what it was to be, it is. */
export function proven(subscription: Subscription): Subscription {
  const { unproven: _unproven, ...rest } = subscription;
  return rest.status === 'unverified' ? { ...rest, status: 'active', statusReason: null } : rest;
}

/** A subscription whose endpoint did not. What keeps it from being sent to otherwise stays. */
export function notProven(subscription: Subscription, reason: string, askedAt: number): Subscription {
  const { status } = subscription;
  const isHeld = status === 'paused' || status === 'disabled';
  return {
    ...subscription,
    unproven: { reason, askedAt },
    ...(isHeld ? {} : { status: 'unverified', statusReason: reason }),
  };
}

/** Throws a 429 `Problem` if an endpoint was asked a moment ago. */
export function refuseSoon({ unproven }: Subscription, now: number): void {
  const wait = unproven === undefined ? 0 : unproven.askedAt + VERIFY.pauseSeconds * 1000 - now;
  if (wait <= 0) return;
  const seconds = Math.ceil(wait / 1000);
  throw new Problem('rate-limited', `The endpoint was asked a moment ago. Ask again in ${seconds} s.`, [], {
    'retry-after': String(seconds),
  });
}

/** Throws a 409 `Problem`: being resumed is no proof. */
export function refuseUnproven({ id, unproven }: Subscription): void {
  if (unproven === undefined) return;
  throw new Problem(
    'conflict',
    `The endpoint has not proven that it wants events (${unproven.reason}). Have it answer the challenge, then POST /v1/subscriptions/${id}/verify.`,
  );
}
