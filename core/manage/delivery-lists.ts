import type { DeliveryStatus } from '../delivery.ts';
import { type Delivery, foldDeliveries, foldDelivery } from '../delivery-fold.ts';
import { timeOfId } from '../id.ts';
import type { DeadLetterEntry, DeadLetterIndex } from '../redrive/ports.ts';
import type { CursorPosition } from './cursor.ts';
import type { DeliveryReads } from './delivery-reads.ts';
import { type EventReads, eventPosition, type ListedEvent } from './event-reads.ts';

export interface DeliveryListsDeps {
  readonly events: EventReads;
  readonly deliveries: DeliveryReads;
  readonly deadLetters: DeadLetterIndex;
}

/** Classes of answers; `none`: the attempt got no answer. */
export type CodeClass = '2xx' | '3xx' | '4xx' | '5xx' | 'none';

/** What a list of deliveries is asked for. */
export interface WantedDeliveries {
  readonly tenant: string;
  readonly subscription: string | null;
  readonly event: string | null;
  readonly status: DeliveryStatus | null;
  /** Of the last answer. */
  readonly code: CodeClass | null;
  readonly eventType: string | null;
  /** Bounds on the delivery's creation in epoch milliseconds: `since` inclusive, `until` exclusive. */
  readonly since: number | null;
  readonly until: number | null;
}

/** Reads made at once where each delivery or event needs one of its own. */
const WIDTH = 16;

/** Where a list goes on after this delivery. */
export function deliveryPosition(delivery: Delivery): CursorPosition {
  return [delivery.id, delivery.event];
}

/** Whether a delivery is among those asked for. */
export function fitsDelivery(wanted: WantedDeliveries, delivery: Delivery): boolean {
  return (
    (wanted.status === null || delivery.status === wanted.status) &&
    (wanted.code === null || codeOf(delivery) === wanted.code) &&
    fitsHead(wanted, delivery)
  );
}

/** The class of the last answer; null if nothing was sent. */
function codeOf({ attempts }: Delivery): string | null {
  const result = attempts.at(-1)?.result ?? null;
  if (result === null) return null;
  return result.status === null ? 'none' : `${Math.floor(result.status / 100)}xx`;
}

function fitsHead(
  wanted: WantedDeliveries,
  { subscription, eventType, createdAt }: Pick<Delivery, 'subscription' | 'eventType' | 'createdAt'>,
): boolean {
  return (
    (wanted.subscription === null || subscription === wanted.subscription) &&
    (wanted.eventType === null || eventType === wanted.eventType) &&
    (wanted.since === null || createdAt >= wanted.since) &&
    (wanted.until === null || createdAt < wanted.until)
  );
}

/** Deliveries among which the wanted ones are, by the narrowest way to them, behind the position `after`. */
export function deliveriesFor(
  deps: DeliveryListsDeps,
  wanted: WantedDeliveries,
  after: CursorPosition | null,
): AsyncIterable<readonly Delivery[]> {
  const [delivery = null, event = null] = after ?? [];
  if (wanted.event !== null) return ofOneEvent(deps, wanted.tenant, wanted.event, delivery);
  if (wanted.status === 'failed') return ofDeadLetters(deps, wanted, delivery);
  if (wanted.subscription !== null) {
    const { since, until } = wanted;
    return foldDeliveries(
      deps.deliveries.ofSubscription(wanted.tenant, wanted.subscription, { since, until, before: delivery }),
    );
  }
  return ofTenant(deps, wanted, delivery, event);
}

async function* ofOneEvent(
  { events, deliveries }: DeliveryListsDeps,
  tenant: string,
  id: string,
  after: string | null,
): AsyncIterable<readonly Delivery[]> {
  const event = await events.get(tenant, id);
  if (event === null) return;
  yield* foldDeliveries(deliveries.ofEvent({ tenant, event: id, shards: event.shards }, after));
}

/** Each failed delivery has a dead-letter record until it is sent again, so these lead to all of them. */
async function* ofDeadLetters(
  { deliveries, deadLetters }: DeliveryListsDeps,
  wanted: WantedDeliveries,
  after: string | null,
): AsyncIterable<readonly Delivery[]> {
  const read = async (entry: DeadLetterEntry): Promise<readonly Delivery[]> => {
    const rows = await deliveries.rowsOf(entry);
    return rows.length === 0 ? [] : [foldDelivery(rows)];
  };
  for await (const page of deadLetters.entries(wanted.tenant, after)) {
    for (const some of inWindows(page.filter((entry) => fitsHead(wanted, entry)))) {
      yield (await Promise.all(some.map(read))).flat();
    }
  }
}

/** A tenant's events, newest first, each with its deliveries; goes on within the event the last page ended in. */
async function* ofTenant(
  deps: DeliveryListsDeps,
  { tenant, eventType, since, until }: WantedDeliveries,
  after: string | null,
  lastEvent: string | null,
): AsyncIterable<readonly Delivery[]> {
  if (lastEvent !== null) yield* ofOneEvent(deps, tenant, lastEvent, after);
  const time = after === null ? null : timeOfId(after);
  const before =
    lastEvent === null || time === null ? null : eventPosition({ id: lastEvent, acceptedAt: time });
  for await (const page of deps.events.newest(tenant, { type: eventType, since, until, before })) {
    for (const some of inWindows(page.filter((event) => event.matched > 0))) {
      for (const begun of await Promise.all(some.map((event) => begin(deps, event)))) yield* begun;
    }
  }
}

/** An event's deliveries, the first of them read already, which for most events is all; no more, or memory would be the bound. */
async function begin(
  deps: DeliveryListsDeps,
  event: ListedEvent,
): Promise<AsyncIterable<readonly Delivery[]>> {
  const pages = ofEvent(deps, event)[Symbol.asyncIterator]();
  const first = await pages.next();
  return (async function* () {
    if (first.done) return;
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => pages };
  })();
}

function ofEvent({ deliveries }: DeliveryListsDeps, event: ListedEvent): AsyncIterable<readonly Delivery[]> {
  const { tenant, id, shards } = event;
  return foldDeliveries(deliveries.ofEvent({ tenant, event: id, shards }, null));
}

function* inWindows<T>(items: readonly T[]): Iterable<readonly T[]> {
  for (let at = 0; at < items.length; at += WIDTH) yield items.slice(at, at + WIDTH);
}
