import type { Answer, Received } from './receiver.ts';

/**
 * The answer to a `fanfare.verify`, which proves that whoever has the secret wants events (prop `verifyEndpoints`);
 * null for any other event. The request's signature was verified before.
 */
export function challengeAnswer({ body }: Received): Answer | null {
  const event: unknown = JSON.parse(body.toString());
  if (!hasMember(event, 'type') || event.type !== 'fanfare.verify' || !hasMember(event, 'data')) return null;
  const { data } = event;
  if (!hasMember(data, 'challenge') || typeof data.challenge !== 'string') return null;
  return { status: 200, body: JSON.stringify({ challenge: data.challenge }) };
}

function hasMember<Name extends string>(value: unknown, name: Name): value is Record<Name, unknown> {
  return typeof value === 'object' && value !== null && name in value;
}
