import { z } from 'zod';
import { tenantFor } from '../api-key.ts';
import { Problem } from '../problem.ts';
import { invalid, parseBody } from './body.ts';
import { time } from './fields.ts';
import type { Operations } from './operation.ts';
import { BEFORE_UNTIL, isBackwards, pathId } from './query.ts';
import { typeInterests } from './subscription-input.ts';
import type { SubscriptionStore } from './subscription-store.ts';
import {
  DEFAULT_RATE_PER_SECOND,
  newTask,
  startTask,
  type TaskOperationsDeps,
  taskView,
} from './task-operations.ts';

export interface ReplayOperationDeps extends TaskOperationsDeps {
  readonly store: SubscriptionStore;
}

/** Body of `POST /v1/subscriptions/{id}/replay`. */
export const replayRequest = z.strictObject({
  since: time,
  until: time.optional(),
  status: z.enum(['failed', 'missing', 'all'], 'must be "failed", "missing" or "all"').optional(),
  eventTypes: typeInterests.optional(),
  dryRun: z.boolean('must be true or false').optional(),
});

/** Sending a subscription events of the past again. */
export function replayOperation(deps: ReplayOperationDeps): Operations<'replaySubscription'> {
  return {
    replaySubscription: async ({ caller, params, query, body }) => {
      const tenant = tenantFor(caller, query.tenant);
      const id = pathId(params.id);
      const subscription = id === null ? null : await deps.store.get(tenant, id);
      if (subscription === null) throw new Problem('not-found', 'There is no such subscription.');
      const input = parseBody(replayRequest, body);
      const until = input.until ?? deps.clock.now();
      if (isBackwards(input.since, until)) {
        throw invalid('The time to replay is empty.', [
          { pointer: '/since', detail: `${BEFORE_UNTIL}, which is now if it is not given` },
        ]);
      }
      const dryRun = input.dryRun ?? false;
      // What it is sent now would be recorded as skipped, and nobody asks for that.
      if (subscription.status !== 'active' && !dryRun) {
        throw new Problem(
          'conflict',
          `The subscription is ${subscription.status}. Set its status to "active" first.`,
        );
      }
      const task = newTask(deps, tenant, {
        kind: 'replay',
        tenant,
        subscription: subscription.id,
        since: input.since,
        until,
        status: input.status ?? 'failed',
        eventTypes: input.eventTypes ?? null,
        ratePerSecond: DEFAULT_RATE_PER_SECOND,
        dryRun,
      });
      await startTask(deps, task);
      return { status: 202, body: taskView(task) };
    },
  };
}
