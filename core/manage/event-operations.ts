import type { EventBody, EventSummary } from '../../contract/api.ts';
import { tenantFor } from '../api-key.ts';
import { foldDeliveries } from '../delivery-fold.ts';
import type { EventRecord } from '../event.ts';
import { Problem } from '../problem.ts';
import { formatTime } from '../rfc3339.ts';
import { cursorScope } from './cursor.ts';
import type { DeliveryReads } from './delivery-reads.ts';
import { type EventReads, eventPosition, type ListedEvent } from './event-reads.ts';
import type { Operations } from './operation.ts';
import { type ListDeps, pageRequest, readPage } from './page.ts';
import { pathId, stretchOf, typeOf } from './query.ts';
import { readingTime } from './reading-time.ts';

export interface EventOperationsDeps extends ListDeps {
  readonly events: EventReads;
  readonly deliveries: DeliveryReads;
}

/** The reads of events. */
export function eventOperations(deps: EventOperationsDeps): Operations<'listEvents' | 'getEvent'> {
  return {
    listEvents: async ({ caller, query }) => {
      const tenant = tenantFor(caller, query.tenant);
      const scope = cursorScope('listEvents', tenant, query);
      const { limit, after } = await pageRequest(deps.cursorKey, scope, query);
      const source = deps.events.newest(tenant, {
        type: typeOf('type', query.type),
        ...stretchOf(query),
        before: after?.[0],
      });
      const positionOf = (event: ListedEvent) => [eventPosition(event)];
      return {
        status: 200,
        body: await readPage(deps, scope, { source, limit, positionOf, view: summary }),
      };
    },

    getEvent: async ({ caller, params, query }) => {
      const tenant = tenantFor(caller, query.tenant);
      const id = pathId(params.id);
      const event = id === null ? null : await deps.events.get(tenant, id);
      if (event === null) throw new Problem('not-found', 'There is no such event.');
      return { status: 200, rawBody: eventText(event, await countDeliveries(deps, event)) };
    },
  };
}

/** An event without its data. */
export function summary(event: ListedEvent): EventSummary {
  return {
    id: event.id,
    tenant: event.tenant,
    type: event.type,
    subject: event.subject,
    time: formatTime(event.time),
    acceptedAt: formatTime(event.acceptedAt),
    metadata: event.metadata,
    matched: event.matched,
  };
}

/** The answer's text, the data in it token for token. */
function eventText(event: EventRecord, counted: Counted): string {
  const { trace: traceparent, tracestate, cloudEvent } = event;
  const head = JSON.stringify({ ...summary(event), traceparent, tracestate, cloudEvent, ...counted });
  return `${head.slice(0, -1)},"data":${event.data}}`;
}

type Counted = Pick<EventBody, 'deliveries' | 'deliveriesIncomplete'>;

/** Counts an event's deliveries by status; what has no row yet is pending, unless time was too short to see all rows. */
async function countDeliveries(deps: EventOperationsDeps, event: ListedEvent): Promise<Counted> {
  const time = readingTime(deps.clock);
  const counts = { succeeded: 0, pending: 0, retrying: 0, failed: 0, skipped: 0, cancelled: 0 };
  let started = 0;
  const rows = deps.deliveries.ofEvent({ tenant: event.tenant, event: event.id, shards: event.shards }, null);
  for await (const deliveries of foldDeliveries(rows)) {
    started += deliveries.filter(({ matched }) => matched).length;
    for (const { status } of deliveries) counts[status]++;
    if (time.isEnough()) return { deliveries: counts, deliveriesIncomplete: true };
  }
  const notStarted = Math.max(0, event.matched - started);
  return { deliveries: { ...counts, pending: counts.pending + notStarted } };
}
