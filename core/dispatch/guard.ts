import type { Subscription } from '../subscription.ts';

/** Whether a target may be sent to, before an attempt is spent on it. */
export type GuardVerdict =
  | { readonly kind: 'proceed'; readonly subscription: Subscription }
  /** Recorded as skipped. */
  | { readonly kind: 'skip'; readonly reason: 'paused' | 'disabled' }
  /** Recorded as cancelled: the subscription is gone. */
  | { readonly kind: 'cancel' };

/** Judges by the subscription's state. A missing one was deleted. */
export function judgeState(subscription: Subscription | undefined): GuardVerdict {
  if (subscription === undefined) return { kind: 'cancel' };
  if (subscription.status === 'paused' || subscription.status === 'disabled') {
    return { kind: 'skip', reason: subscription.status };
  }
  return { kind: 'proceed', subscription };
}
