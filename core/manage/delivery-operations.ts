import { tenantFor } from '../api-key.ts';
import type { DeliveryStatus } from '../delivery.ts';
import { type Delivery, foldDeliveries, foldDelivery } from '../delivery-fold.ts';
import { timeOfId } from '../id.ts';
import { Problem } from '../problem.ts';
import { type CursorPosition, cursorScope } from './cursor.ts';
import type { DeliveryReads } from './delivery-reads.ts';
import { deliveryBody, deliverySummary } from './delivery-view.ts';
import { type EventReads, eventPosition } from './event-reads.ts';
import type { Operations } from './operation.ts';
import { type CursorKey, fillPage, pageAnswer, pageRequest } from './page.ts';
import { idOf, oneOf, timeOf, typeOf } from './query.ts';

export interface DeliveryOperationsDeps {
  readonly events: EventReads;
  readonly deliveries: DeliveryReads;
  readonly cursorKey: CursorKey;
}

const STATUSES = ['pending', 'succeeded', 'retrying', 'failed', 'skipped', 'cancelled'] as const;

/** What a list of deliveries is asked for. */
interface Wanted {
  readonly tenant: string;
  readonly subscription: string | null;
  readonly event: string | null;
  readonly status: DeliveryStatus | null;
  readonly eventType: string | null;
  readonly since: number | null;
  readonly until: number | null;
}

/** The reads of deliveries. */
export function deliveryOperations(
  deps: DeliveryOperationsDeps,
): Operations<'listDeliveries' | 'getDelivery'> {
  return {
    listDeliveries: async ({ caller, query }) => {
      const wanted: Wanted = {
        tenant: tenantFor(caller, query.tenant),
        subscription: idOf('subscription', query.subscription),
        event: idOf('event', query.event),
        status: oneOf('status', query.status, STATUSES),
        eventType: typeOf('eventType', query.eventType),
        since: timeOf('since', query.since),
        until: timeOf('until', query.until),
      };
      const scope = cursorScope('listDeliveries', wanted.tenant, query);
      const { limit, after } = await pageRequest(deps.cursorKey, scope, query);
      const page = await fillPage(deliveriesOf(deps, wanted, after), limit, fits(wanted));
      const body = await pageAnswer(deps.cursorKey, scope, page, positionOf, deliverySummary);
      return { status: 200, body };
    },

    getDelivery: async ({ caller, params, query }) => {
      const delivery = await findDelivery(deps, tenantFor(caller, query.tenant), params.id ?? '');
      if (delivery === null) throw new Problem('not-found', 'There is no such delivery.');
      return { status: 200, body: deliveryBody(delivery) };
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

/** The deliveries among which the wanted ones are, by the narrowest way to them. */
function deliveriesOf(
  deps: DeliveryOperationsDeps,
  wanted: Wanted,
  after: CursorPosition | null,
): AsyncIterable<readonly Delivery[]> {
  const [delivery = null, event] = after ?? [];
  if (wanted.event !== null) return ofOneEvent(deps, wanted.tenant, wanted.event, delivery);
  if (wanted.subscription !== null) {
    const { since, until } = wanted;
    return foldDeliveries(
      deps.deliveries.ofSubscription(wanted.tenant, wanted.subscription, { since, until, before: delivery }),
    );
  }
  return ofTenant(deps, wanted, delivery, event);
}

async function* ofOneEvent(
  { events, deliveries }: DeliveryOperationsDeps,
  tenant: string,
  id: string,
  after: string | null,
): AsyncIterable<readonly Delivery[]> {
  const event = await events.get(tenant, id);
  if (event === null) return;
  yield* foldDeliveries(deliveries.ofEvent({ tenant, event: id, shards: event.shards }, after));
}

/** A tenant's events, newest first, each with its deliveries; goes on within the event the last page ended in. */
async function* ofTenant(
  deps: DeliveryOperationsDeps,
  { tenant, eventType, since, until }: Wanted,
  after: string | null,
  lastEvent: string | undefined,
): AsyncIterable<readonly Delivery[]> {
  if (lastEvent !== undefined) yield* ofOneEvent(deps, tenant, lastEvent, after);
  const time = after === null ? null : timeOfId(after);
  const before =
    lastEvent === undefined || time === null ? null : eventPosition({ id: lastEvent, acceptedAt: time });
  for await (const page of deps.events.newest(tenant, { type: eventType, since, until, before })) {
    for (const event of page) {
      if (event.matched === 0) continue;
      yield* foldDeliveries(deps.deliveries.ofEvent({ tenant, event: event.id, shards: event.shards }, null));
    }
  }
}

function fits(wanted: Wanted): (delivery: Delivery) => boolean {
  return (delivery) =>
    (wanted.status === null || delivery.status === wanted.status) &&
    (wanted.subscription === null || delivery.subscription === wanted.subscription) &&
    (wanted.eventType === null || delivery.eventType === wanted.eventType) &&
    (wanted.since === null || delivery.createdAt >= wanted.since) &&
    (wanted.until === null || delivery.createdAt < wanted.until);
}

function positionOf(delivery: Delivery): CursorPosition {
  return [delivery.id, delivery.event];
}
