import { tenantFor } from '../api-key.ts';
import { type Delivery, foldDelivery } from '../delivery-fold.ts';
import { timeOfId } from '../id.ts';
import { Problem } from '../problem.ts';
import { cursorScope } from './cursor.ts';
import { attemptsPage } from './delivery-attempts.ts';
import {
  type DeliveryListsDeps,
  deliveriesFor,
  deliveryPosition,
  fitsDelivery,
  type WantedDeliveries,
} from './delivery-lists.ts';
import { deliveryBody, deliverySummary } from './delivery-view.ts';
import type { Operations } from './operation.ts';
import { type ListDeps, pageRequest, readPage } from './page.ts';
import { idOf, oneOf, stretchOf, typeOf } from './query.ts';

export interface DeliveryOperationsDeps extends DeliveryListsDeps, ListDeps {}

const CODES = ['2xx', '3xx', '4xx', '5xx', 'none'] as const;
const STATUSES = ['pending', 'succeeded', 'retrying', 'failed', 'skipped', 'cancelled'] as const;

/** The reads of deliveries. */
export function deliveryOperations(
  deps: DeliveryOperationsDeps,
): Operations<'listDeliveries' | 'getDelivery'> {
  return {
    listDeliveries: async ({ caller, query }) => {
      const wanted: WantedDeliveries = {
        tenant: tenantFor(caller, query.tenant),
        subscription: idOf('subscription', query.subscription),
        event: idOf('event', query.event),
        status: oneOf('status', query.status, STATUSES),
        code: oneOf('code', query.code, CODES),
        eventType: typeOf('eventType', query.eventType),
        ...stretchOf(query),
      };
      const scope = cursorScope('listDeliveries', wanted.tenant, query);
      const { limit, after } = await pageRequest(deps.cursorKey, scope, query);
      const body = await readPage(deps, scope, {
        source: deliveriesFor(deps, wanted, after),
        limit,
        wanted: (delivery) => fitsDelivery(wanted, delivery),
        positionOf: deliveryPosition,
        view: (delivery) => deliverySummary(caller, delivery),
      });
      return { status: 200, body };
    },

    getDelivery: async ({ caller, params, query }) => {
      const delivery = await findDelivery(deps, tenantFor(caller, query.tenant), params.id ?? '');
      if (delivery === null) throw new Problem('not-found', 'There is no such delivery.');
      return { status: 200, body: deliveryBody(delivery, await attemptsPage(deps, caller, delivery, query)) };
    },
  };
}

/**
 * One delivery by id: the id holds the millisecond its event was accepted in, so the few events of that
 * millisecond are looked at. Null if there is none.
 */
export async function findDelivery(
  deps: Pick<DeliveryOperationsDeps, 'events' | 'deliveries'>,
  tenant: string,
  id: string,
): Promise<Delivery | null> {
  const time = id.startsWith('dlv_') ? timeOfId(id) : null;
  if (time === null) return null;
  for (const event of await deps.events.at(tenant, time)) {
    const rows = await deps.deliveries.rowsOf({
      tenant,
      event: event.id,
      shards: event.shards,
      delivery: id,
    });
    if (rows.length > 0) return foldDelivery(rows);
  }
  return null;
}
