import type { Subscription } from '../subscription.ts';
import type { Attempt } from './attempt.ts';
import type { Settlement } from './decision.ts';
import type { Fate } from './pending.ts';

/** Something of ours is out of order. */
export type Stuck = Extract<Fate, { readonly kind: 'stuck' }>;
/** Too little time was left, or too many look-ups of the tenant wait for their answers: nothing is used up. */
export type NotStarted = { readonly kind: 'not-started'; readonly why: 'time' | 'look-ups' };
/** What became of a target in this invocation. */
export type End = Fate | NotStarted;
/** What is to be kept of a target, for which subscription, and the attempt behind it, if one was made. */
export interface Settling {
  readonly kind: 'settle';
  readonly settlement: Settlement;
  readonly subscription: Subscription | undefined;
  readonly attempt?: Attempt;
}
export type Step = Settling | Stuck | NotStarted;

/** Only this is left to do. */
export function settle(settlement: Settlement, subscription?: Subscription): Settling {
  return { kind: 'settle', settlement, subscription };
}
