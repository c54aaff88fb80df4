import type { Subscription } from '../subscription.ts';
import type { Settlement } from './decision.ts';
import type { Target } from './target.ts';

/*
 * A delivery that waits ends with the subscription it waits for: one that is made later under the same id is owed nothing
 * of it. When a delivery begins to wait, its message takes along when its subscription was created. Only that is compared,
 * never with the time of anything else, because clocks differ.
 */

/** Whether a settlement is the first one after which its delivery waits. */
export function beginsToWait({ target, decision }: Settlement): boolean {
  const waits = decision.kind === 'retry' || decision.kind === 'later';
  return waits && target.message.subscriptionCreatedAt === undefined;
}

/** The settlement of a delivery that waits for this subscription from now on. */
export function tiedTo(settlement: Settlement, { createdAt }: Subscription): Settlement {
  const { target } = settlement;
  const message = { ...target.message, subscriptionCreatedAt: createdAt };
  return { ...settlement, target: { ...target, message } };
}

/** Whether a target waited for another subscription than this one: it is gone, or this is an outdated copy. */
export function waitedForAnother({ message }: Target, { createdAt }: Subscription): boolean {
  return message.subscriptionCreatedAt !== undefined && message.subscriptionCreatedAt !== createdAt;
}
