import type { Subscription } from '../subscription.ts';
import { askEndpoint, type EndpointProofDeps, notProven, proven, refuseSoon } from './endpoint-proof.ts';
import type { ApiRequest, Operations } from './operation.ts';
import { SubscriptionChanges, type SubscriptionChangesDeps } from './subscription-changes.ts';
import { type TestLeaseDeps, underLease } from './test-leases.ts';

export interface VerifyOperationDeps extends SubscriptionChangesDeps, EndpointProofDeps, TestLeaseDeps {}

/** Asking an endpoint again whether it wants us. One that has proven it is asked nothing. */
export function verifyOperation(deps: VerifyOperationDeps): Operations<'verifySubscription'> {
  const changes = new SubscriptionChanges(deps);
  return {
    verifySubscription: async (request) => {
      const found = await changes.find(request);
      const after =
        found.unproven === undefined
          ? found
          : await underLease(deps, found.tenant, () => askAgain(deps, changes, request));
      return { status: 200, body: await changes.shown(request.caller, after) };
    },
  };
}

async function askAgain(
  deps: VerifyOperationDeps,
  changes: SubscriptionChanges,
  request: ApiRequest,
): Promise<Subscription> {
  // Written first, so that of two who ask at once one is told to wait.
  const asked = await changes.change(request, (before, now) => {
    if (before.unproven === undefined) return before;
    refuseSoon(before, now);
    return { ...before, unproven: { ...before.unproven, askedAt: now } };
  });
  if (asked.unproven === undefined) return asked;
  return settle(changes, request, asked, await askEndpoint(deps, asked));
}

/** Writes down what an endpoint proved, unless the subscription leads elsewhere by now. */
export function settle(
  changes: SubscriptionChanges,
  request: ApiRequest,
  asked: Subscription,
  reason: string | null,
): Promise<Subscription> {
  return changes.change(request, (before) => {
    const { unproven } = before;
    if (unproven === undefined || before.url !== asked.url || before.createdAt !== asked.createdAt)
      return before;
    return reason === null ? proven(before) : notProven(before, reason, unproven.askedAt);
  });
}
