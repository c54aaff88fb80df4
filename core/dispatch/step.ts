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
/** An attempt that was made, and for whom. */
export interface Made {
  readonly subscription: Subscription;
  readonly attempt: Attempt;
}
/** What is to be kept of a target, and the attempt behind it, if one was made. */
export type Step =
  | {
      readonly kind: 'settle';
      readonly settlement: Settlement;
      readonly made?: Made;
    }
  | Stuck
  | NotStarted;

/** Only this is left to do. */
export function settle(settlement: Settlement): Step {
  return { kind: 'settle', settlement };
}
