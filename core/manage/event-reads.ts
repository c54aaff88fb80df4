import type { EventRecord } from '../event.ts';

/** An event as listed: everything but its data, its owner and its trace. */
export type ListedEvent = Omit<EventRecord, 'data' | 'requestId' | 'trace'>;

/** Which of a tenant's events a list shows. */
export interface EventListFilter {
  readonly type?: string | null | undefined;
  /** Bounds on `acceptedAt` in epoch milliseconds: `since` inclusive, `until` exclusive. */
  readonly since?: number | null | undefined;
  readonly until?: number | null | undefined;
  /** Position of the last event seen (`eventPosition`): the list goes on with the next older one. */
  readonly before?: string | null | undefined;
}

/** Reads of the event store. Events past their retention are not there. */
export interface EventReads {
  /** One event with its data; consistent. */
  get(tenant: string, id: string): Promise<EventRecord | null>;
  /** The same for an event whose time is known, in one read. */
  recordOf(event: Pick<EventRecord, 'tenant' | 'id' | 'acceptedAt'>): Promise<EventRecord | null>;
  /** A tenant's events, newest first, in pages that are never empty. An event may show up a second late. */
  newest(tenant: string, filter: EventListFilter): AsyncIterable<readonly ListedEvent[]>;
  /** The events a tenant had accepted in exactly this millisecond, consistently; one of them is behind a delivery id of that time. */
  at(tenant: string, acceptedAt: number): Promise<readonly ListedEvent[]>;
}

/** Where an event stands in its tenant's list: sorts by time, then id. */
export function eventPosition(event: { readonly acceptedAt: number; readonly id: string }): string {
  return `${timePosition(event.acceptedAt)}#${event.id}`;
}

const LATEST = 9_999_999_999_999;

/** Comes before the positions of all events of this millisecond, and after those of earlier ones. */
export function timePosition(ms: number): string {
  return String(Math.min(LATEST, Math.max(0, ms))).padStart(13, '0');
}
