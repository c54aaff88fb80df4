import { RETENTION } from '../../contract/limits.ts';
import type { EventEnvelope } from '../../contract/messages.ts';
import type { Clock } from '../../core/clock.ts';
import type { EventRecord } from '../../core/event.ts';
import type { EventRecords, OwnOutcome } from '../../core/fan-out/ports.ts';
import type { ClaimOutcome, EventClaim, EventClaims } from '../../core/ingest/ports.ts';
import {
  type EventListFilter,
  type EventReads,
  eventPosition,
  type ListedEvent,
} from '../../core/manage/event-reads.ts';
import { type EventData, eventKey } from '../../core/retry/ports.ts';

/** The events table in memory: claims, records and their reads. */
export class FakeEventStore implements EventClaims, EventRecords, EventReads, EventData {
  readonly #claims = new Map<string, EventClaim>();
  readonly #records = new Map<string, EventRecord>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async claim(claim: EventClaim): Promise<ClaimOutcome> {
    const key = eventKey(claim);
    const by = this.#claims.get(key);
    if (by && by.requestId !== claim.requestId && this.#isLive(by))
      return { kind: 'taken', by, recorded: this.#live(key) !== null };
    if (by?.requestId !== claim.requestId) this.#claims.set(key, claim);
    return { kind: 'claimed' };
  }

  async own(record: EventRecord): Promise<OwnOutcome> {
    const key = eventKey(record);
    const there = this.#live(key);
    if (!there) {
      this.#records.set(key, record);
      return { kind: 'new' };
    }
    if (there.requestId !== record.requestId) return { kind: 'foreign' };
    return { kind: 'resumed', shards: there.shards, matched: there.matched };
  }

  async recount(event: Pick<EventRecord, 'tenant' | 'id' | 'requestId'>, matched: number): Promise<void> {
    const there = this.#records.get(eventKey(event));
    if (there?.requestId !== event.requestId) throw new Error('the event is not yours');
    this.#records.set(eventKey(event), { ...there, matched });
  }

  async get(tenant: string, id: string): Promise<EventRecord | null> {
    return this.#live(eventKey({ tenant, id }));
  }

  async dataOf(
    events: readonly Pick<EventEnvelope, 'tenant' | 'id'>[],
  ): Promise<ReadonlyMap<string, string>> {
    const found = events.map(eventKey).flatMap((key) => {
      const record = this.#live(key);
      return record ? [[key, record.data] as const] : [];
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
    const found: ListedEvent[] = [];
    for await (const page of this.newest(tenant, { since: acceptedAt, until: acceptedAt + 1 })) {
      found.push(...page);
    }
    return found;
  }

  #live(key: string): EventRecord | null {
    const record = this.#records.get(key);
    return record && this.#isLive(record) ? record : null;
  }

  #isLive({ acceptedAt }: { acceptedAt: number }): boolean {
    return Math.floor(acceptedAt / 1000) + RETENTION.recordSeconds > this.#clock.now() / 1000;
  }
}

function listed({ data: _data, requestId: _owner, trace: _trace, ...event }: EventRecord): ListedEvent {
  return event;
}
