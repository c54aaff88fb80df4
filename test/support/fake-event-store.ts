import { RETENTION } from '../../contract/limits.ts';
import type { EventEnvelope } from '../../contract/messages.ts';
import type { Clock } from '../../core/clock.ts';
import type { EventRecord } from '../../core/event.ts';
import type { EventRecords, OwnOutcome } from '../../core/fan-out/ports.ts';
import { timeOfEventId } from '../../core/id.ts';
import type { ClaimOutcome, EventClaim, EventClaims } from '../../core/ingest/ports.ts';
import {
  type EventListFilter,
  type EventReads,
  eventPosition,
  type ListedEvent,
} from '../../core/manage/event-reads.ts';
import { type EventData, eventKey } from '../../core/retry/ports.ts';

type Address = Pick<EventRecord, 'tenant' | 'id' | 'acceptedAt'>;

/** Stands where an id of our own form says the record is, when that is elsewhere. */
type Signpost = Address & { readonly requestId: string };

/** The events table in memory: claims, records and their reads. Records are found by id and time, as in the table. */
export class FakeEventStore implements EventClaims, EventRecords, EventReads, EventData {
  readonly #claims = new Map<string, EventClaim>();
  readonly #records = new Map<string, EventRecord>();
  readonly #signposts = new Map<string, Signpost>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async claim(claim: EventClaim): Promise<ClaimOutcome> {
    const key = eventKey(claim);
    const by = this.#claims.get(key);
    if (by === undefined || !this.#isLive(by)) {
      this.#claims.set(key, claim);
      return { kind: 'claimed', acceptedAt: claim.acceptedAt };
    }
    if (by.requestId === claim.requestId) return { kind: 'claimed', acceptedAt: by.acceptedAt };
    return { kind: 'taken', by, recorded: this.#find(by) !== null };
  }

  async own(record: EventRecord): Promise<OwnOutcome> {
    const told = timeOfEventId(record.id);
    if (told !== null && told !== record.acceptedAt) {
      const there = this.#at({ ...record, acceptedAt: told });
      if (there !== null && there.requestId !== record.requestId) return { kind: 'foreign' };
      if (there === null) this.#signposts.set(place({ ...record, acceptedAt: told }), record);
    }
    const there = this.#at(record);
    if (there === null) this.#records.set(place(record), record);
    if (there === null) return { kind: 'new' };
    const mine = this.#live(this.#records, record);
    if (mine?.requestId !== record.requestId) return { kind: 'foreign' };
    return { kind: 'resumed', shards: mine.shards, matched: mine.matched };
  }

  /** Puts an event on record as the pipeline would have, its id claimed if need be. */
  async keep(record: EventRecord): Promise<void> {
    const { tenant, id, acceptedAt, requestId } = record;
    await this.claim({ tenant, id, acceptedAt, requestId, bodyHash: '', source: null });
    await this.own(record);
  }

  async recount(event: Address & { readonly requestId: string }, matched: number): Promise<void> {
    const there = this.#records.get(place(event));
    if (there?.requestId !== event.requestId) throw new Error('the event is not yours');
    this.#records.set(place(event), { ...there, matched });
  }

  async get(tenant: string, id: string): Promise<EventRecord | null> {
    const told = timeOfEventId(id);
    if (told !== null) return this.recordOf({ tenant, id, acceptedAt: told });
    const claim = this.#claims.get(eventKey({ tenant, id }));
    return claim ? this.recordOf(claim) : null;
  }

  async recordOf(event: Address): Promise<EventRecord | null> {
    const signpost = this.#live(this.#signposts, event);
    return this.#live(this.#records, signpost ?? event);
  }

  async dataOf(
    events: readonly Pick<EventEnvelope, 'tenant' | 'id' | 'acceptedAt'>[],
  ): Promise<ReadonlyMap<string, string>> {
    const found = events.flatMap((event) => {
      const record = this.#live(this.#records, event);
      return record ? [[eventKey(event), record.data] as const] : [];
    });
    return new Map(found);
  }

  async *newest(tenant: string, filter: EventListFilter): AsyncGenerator<readonly ListedEvent[], void> {
    const { since, until, type, before } = filter;
    const wanted = [...this.#records.values()]
      .filter((record) => record.tenant === tenant && this.#isLive(record))
      .filter((record) => (type ?? record.type) === record.type)
      .filter((record) => record.acceptedAt >= (since ?? 0) && record.acceptedAt < (until ?? Infinity))
      .filter((record) => !before || eventPosition(record) < before)
      .sort((a, b) => (eventPosition(a) < eventPosition(b) ? 1 : -1));
    // Two at a time, so that a reader which forgets the next page is found out.
    for (let at = 0; at < wanted.length; at += 2) yield wanted.slice(at, at + 2).map(listed);
  }

  async at(tenant: string, acceptedAt: number): Promise<readonly ListedEvent[]> {
    return (await Array.fromAsync(this.newest(tenant, { since: acceptedAt, until: acceptedAt + 1 }))).flat();
  }

  /** What shows that fan-out has seen the event of a claim. */
  #find({ tenant, id, acceptedAt }: EventClaim): { readonly requestId: string } | null {
    return this.#at({ tenant, id, acceptedAt: timeOfEventId(id) ?? acceptedAt });
  }

  #at(event: Address): { readonly requestId: string } | null {
    return this.#live(this.#records, event) ?? this.#live(this.#signposts, event);
  }

  #live<T extends Address>(items: ReadonlyMap<string, T>, event: Address): T | null {
    const item = items.get(place(event));
    return item && this.#isLive(item) ? item : null;
  }

  #isLive({ acceptedAt }: { acceptedAt: number }): boolean {
    return Math.floor(acceptedAt / 1000) + RETENTION.recordSeconds > this.#clock.now() / 1000;
  }
}

function place(event: Address): string {
  return `${event.tenant}\n${eventPosition(event)}`;
}

function listed({ data: _data, requestId: _requestId, trace: _trace, ...event }: EventRecord): ListedEvent {
  return event;
}
