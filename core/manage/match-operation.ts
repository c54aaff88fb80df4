import { z } from 'zod';
import type { MatchBody } from '../../contract/api.ts';
import { tenantFor } from '../api-key.ts';
import { mismatchWith } from '../fan-out/match-subscription.ts';
import { Problem } from '../problem.ts';
import { parseOptionalBody } from './body.ts';
import { cursorScope } from './cursor.ts';
import type { EventReads } from './event-reads.ts';
import type { Operations } from './operation.ts';
import { type ListDeps, pageRequest, readPage } from './page.ts';
import { pathId } from './query.ts';
import { type SubscriptionStore, subscriptionPosition } from './subscription-store.ts';

export interface MatchOperationDeps extends ListDeps {
  readonly events: EventReads;
  readonly store: SubscriptionStore;
}

/** Body of `POST /v1/events/{id}/match`: nothing to say. */
export const matchRequest = z.strictObject({});

/** Tells for each subscription of a tenant whether it would get an event now, and why not. Changes nothing. */
export function matchOperation(deps: MatchOperationDeps): Operations<'matchEvent'> {
  return {
    matchEvent: async ({ caller, params, query, body }) => {
      parseOptionalBody(matchRequest, body);
      const tenant = tenantFor(caller, query.tenant);
      const id = pathId(params.id);
      const event = id === null ? null : await deps.events.get(tenant, id);
      if (event === null) throw new Problem('not-found', 'There is no such event.');
      const scope = { ...cursorScope('matchEvent', tenant, query), filters: { event: event.id } };
      const { limit, after } = await pageRequest(deps.cursorKey, scope, query);
      const mismatch = mismatchWith(event);
      const answer = await readPage(deps, scope, {
        source: deps.store.newestFirst(tenant, after?.[0] ?? null),
        limit,
        positionOf: (row) => [subscriptionPosition(row)],
        view: (row): MatchBody => {
          const reason = mismatch(row);
          return { subscription: row.id, matches: reason === null, reason };
        },
      });
      return { status: 200, body: answer };
    },
  };
}
