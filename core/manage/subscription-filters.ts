import { isEventType } from '../event-type.ts';
import { typeMatches } from '../fan-out/match-type.ts';
import type { Subscription } from '../subscription.ts';
import { oneOf, parameterFault } from './query.ts';

const STATUSES = ['active', 'paused', 'disabled', 'unverified'] as const;

/** What a list of subscriptions shows, by the parameters `status` and `eventType`. Throws a 400 `Problem`. */
export function wantedSubscriptions(
  query: Readonly<Record<string, string>>,
): (subscription: Subscription) => boolean {
  const status = oneOf('status', query.status, STATUSES);
  const { eventType } = query;
  if (eventType !== undefined && !isEventType(eventType)) {
    throw parameterFault('eventType', 'must be an event type');
  }
  return (subscription) =>
    (status === null || subscription.status === status) &&
    (eventType === undefined || subscription.eventTypes.some((pattern) => typeMatches(pattern, eventType)));
}
