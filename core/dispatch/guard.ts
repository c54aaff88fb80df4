import type { Trigger } from '../../contract/messages.ts';
import type { Subscription } from '../subscription.ts';

/** Whether a target may be sent to, before an attempt is spent on it. */
export type GuardVerdict =
  | { readonly kind: 'proceed'; readonly subscription: Subscription }
  /** Recorded as skipped. */
  | { readonly kind: 'skip'; readonly reason: 'paused' | 'disabled' | 'unverified' }
  /** Recorded as cancelled: the subscription is gone. */
  | { readonly kind: 'cancel' };

/**
 * Judges by the subscription's state. A missing one was deleted. Pausing holds back what comes by itself, not what
 * its owner asks for; disabling holds back both, and so does an endpoint that has not proven that it wants us.
 */
export function judgeState(subscription: Subscription | undefined, trigger: Trigger): GuardVerdict {
  if (subscription === undefined) return { kind: 'cancel' };
  const { status, unproven } = subscription;
  const asked = (trigger === 'manual' || trigger === 'test') && unproven === undefined;
  if (status === 'active' || (status === 'paused' && asked)) return { kind: 'proceed', subscription };
  return { kind: 'skip', reason: status };
}
