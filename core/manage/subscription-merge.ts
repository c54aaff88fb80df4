import { originOf } from '../origin.ts';
import type { Subscription } from '../subscription.ts';
import { mergeHeaders } from './header-merge.ts';
import type { SubscriptionChange } from './subscription-input.ts';

/**
 * Whether a change may have mended the endpoint, so that what was learnt of it counts no more: it is somewhere else, is
 * asked in another way, or has more time.
 */
export function isAnotherEndpoint(before: Subscription, after: Subscription): boolean {
  const { url, format, timeoutSeconds } = before;
  if (url !== after.url || format !== after.format || timeoutSeconds !== after.timeoutSeconds) return true;
  const text = ({ headers, secrets }: Subscription): string => JSON.stringify([headers, secrets]);
  return text(before) !== text(after);
}

/**
 * The subscription after a PATCH: what is not named stays, null clears to the default. `url` is the checked one. Throws
 * a 400 `Problem`.
 */
export function mergeChange(
  before: Subscription,
  input: SubscriptionChange,
  url: string | undefined,
): Subscription {
  const or = <T>(given: T | null | undefined, current: T, cleared: T): T =>
    given === undefined ? current : (given ?? cleared);
  const isMoved = url !== undefined && originOf(url) !== originOf(before.url);
  const resumed = input.status === 'active' && before.status !== 'active';
  // Resumed is not proven: that is told apart by `unproven`.
  return {
    ...before,
    url: url ?? before.url,
    eventTypes: [...new Set(input.eventTypes ?? before.eventTypes)],
    filter: or(input.filter, before.filter, null),
    description: or(input.description, before.description, ''),
    metadata: or(input.metadata, before.metadata, {}),
    headers: mergeHeaders(before.headers, input.headers, isMoved),
    format: or(input.format, before.format, 'standard'),
    rateLimit: or(input.rateLimit, before.rateLimit, null),
    timeoutSeconds: or(input.timeoutSeconds, before.timeoutSeconds, null),
    retrySchedule: or(input.retrySchedule, before.retrySchedule, null),
    status: input.status ?? before.status,
    statusReason: resumed || input.status === 'paused' ? null : before.statusReason,
  };
}
