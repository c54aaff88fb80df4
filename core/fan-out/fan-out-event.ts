import type { DeliveryMessage, EventEnvelope, EventMessage } from '../../contract/messages.ts';
import { type Event, envelopeOf } from '../event.ts';
import { timeOfEventId } from '../id.ts';
import type { EventClaims } from '../ingest/ports.ts';
import { shardsFor } from '../shard.ts';
import type { Matching } from './matching.ts';
import { packDeliveries, packForSlowLane } from './pack-deliveries.ts';
import type { EventRecords, StartedDeliveries } from './ports.ts';

export interface FanOutEventDeps {
  readonly records: EventRecords;
  readonly claims: EventClaims;
  readonly started: StartedDeliveries;
}

/** An event on record, and the messages still to be sent for it. */
export interface FannedOut {
  readonly kind: 'new' | 'resumed' | 'foreign';
  readonly event: Event;
  /** Subscriptions it is for; 0 for a producer's repeat. */
  readonly matched: number;
  /** Those of them whose filter is too costly for it. */
  readonly costly: number;
  readonly deliveries: readonly DeliveryMessage[];
}

/**
 * Puts an event on record, now that it is known whom it is for. Fan-out happens once per event: a message of another
 * request than the owner's is a producer's repeat and comes to nothing; a message of the owner that comes again,
 * because a worker died, goes only to subscriptions that nothing was started for. Throws when a store fails.
 */
export async function fanOutEvent(
  deps: FanOutEventDeps,
  event: Event,
  requestId: string,
  { targets, costly, isSlow }: Pick<Matching, 'targets' | 'costly' | 'isSlow'>,
): Promise<FannedOut> {
  const { slow = [], quick = [] } = Object.groupBy(targets, (id) => (isSlow(id) ? 'slow' : 'quick'));
  const all = targets.length + costly.length;
  const record = { ...event, requestId, matched: all, shards: shardsFor(all) };
  const envelope = envelopeOf(event);
  const messages = (shards: number, started: ReadonlySet<string>): readonly DeliveryMessage[] => {
    const rest = (ids: readonly string[]) => ids.filter((id) => !started.has(id));
    return [
      ...packDeliveries(envelope, shards, rest(quick)),
      ...packForSlowLane(envelope, shards, rest(slow)),
      ...packDeliveries(envelope, shards, rest(costly), 'filter-too-costly'),
    ];
  };
  const owned = await deps.records.own(record);
  if (owned.kind === 'foreign') return { kind: 'foreign', event, matched: 0, costly: 0, deliveries: [] };
  const counts = { event, matched: all, costly: costly.length };
  if (owned.kind === 'new') return { kind: 'new', ...counts, deliveries: messages(record.shards, NONE) };
  // The rows already written lie in the partitions that the first worker fixed, so they stay.
  const { shards } = owned;
  const started = await deps.started.startedSubscriptions({ tenant: event.tenant, event: event.id, shards });
  const matched = new Set([...started, ...targets, ...costly]).size;
  if (matched !== owned.matched) await deps.records.recount({ ...event, requestId }, matched);
  return { kind: 'resumed', ...counts, matched, deliveries: messages(shards, started) };
}

const NONE: ReadonlySet<string> = new Set();

/**
 * An event's record is found by its id and the time it was accepted. An id that neither tells that time nor was claimed
 * is claimed here; told again, it gets the time of the first telling, and so leads to the same record.
 */
export async function findable(
  claims: EventClaims,
  { event, claimed, requestId }: EventMessage,
): Promise<EventEnvelope> {
  const { tenant, id, acceptedAt } = event;
  if (claimed || timeOfEventId(id) === acceptedAt) return event;
  const outcome = await claims.claim({ tenant, id, acceptedAt, requestId, bodyHash: '', source: null });
  return { ...event, acceptedAt: outcome.kind === 'claimed' ? outcome.acceptedAt : outcome.by.acceptedAt };
}
