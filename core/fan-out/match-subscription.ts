import type { MismatchReason } from '../../contract/api.ts';
import type { Event } from '../event.ts';
import type { SubscriptionInterest } from '../subscription.ts';
import { Steps } from './match-steps.ts';
import { interestsMetBy } from './match-type.ts';
import { compileFilter, lazyView } from './subscription-filter.ts';

/**
 * Tells why a subscription, as it is now, would not be sent this event; null if it would. An interest comes first,
 * because whoever asks wants to know what is wrong with the subscription before what state it is in.
 */
export function mismatchWith(event: Event): (subscription: SubscriptionInterest) => MismatchReason | null {
  const met = new Set(interestsMetBy(event.type));
  const view = lazyView(event);
  const steps = new Steps();
  return ({ eventTypes, filter, status }) => {
    if (!eventTypes.some((interest) => met.has(interest))) return 'type';
    const verdict = filter === null ? 'match' : (compileFilter(filter).filter?.(view, steps) ?? 'mismatch');
    if (verdict !== 'match') return verdict === 'mismatch' ? 'filter' : 'filter-too-costly';
    return status === 'active' ? null : status;
  };
}
