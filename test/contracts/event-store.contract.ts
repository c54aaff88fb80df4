import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RETENTION } from '../../contract/limits.ts';
import type { EventRecord } from '../../core/event.ts';
import type { EventRecords } from '../../core/fan-out/ports.ts';
import { newEventId } from '../../core/id.ts';
import type { EventClaims } from '../../core/ingest/ports.ts';
import { type EventReads, eventPosition, type ListedEvent } from '../../core/manage/event-reads.ts';
import { type EventData, eventKey } from '../../core/retry/ports.ts';
import { FakeClock, seededRandom } from '../support/clock.ts';

/** The store's parts over one table; other contracts may have left rows of other tenants there. */
export interface EventStoreUnderTest {
  readonly claims: EventClaims;
  readonly records: EventRecords;
  readonly reads: EventReads & EventData;
}

export const START = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
let tenants = 0;
const random = seededRandom();

/** A record as fan-out would write it. */
export function record(fields: Partial<EventRecord> & { tenant: string; id: string }): EventRecord {
  const acceptedAt = fields.acceptedAt ?? START;
  return {
    type: 'order.created',
    subject: null,
    time: acceptedAt,
    acceptedAt,
    metadata: {},
    data: '{"n":1}',
    requestId: 'req-1',
    matched: 1,
    shards: 1,
    ...fields,
  };
}

const claimOf = (tenant: string) => ({
  tenant,
  id: 'order-1',
  bodyHash: 'aa',
  acceptedAt: START,
  requestId: 'req-1',
  source: null,
});

/** Makes tests of promises, each with a store and a tenant of its own. */
export function promisesOf(name: string, make: (clock: FakeClock) => EventStoreUnderTest) {
  return (
    promise: string,
    check: (store: EventStoreUnderTest, tenant: string, clock: FakeClock) => Promise<void>,
  ): void => {
    test(`${name}: ${promise}`, async () => {
      const clock = new FakeClock(START);
      await check(make(clock), `tenant-${tenants++}`, clock);
    });
  };
}

/** What every event store keeps to. */
export function eventStoreContract(name: string, make: (clock: FakeClock) => EventStoreUnderTest): void {
  const holds = promisesOf(name, make);

  holds(
    'the first to claim an id has it; the next learns who, and whether it is on record',
    async (store, tenant) => {
      const first = claimOf(tenant);
      const next = { ...first, bodyHash: 'bb', acceptedAt: START + 5, requestId: 'req-2' };
      assert.deepEqual(await store.claims.claim(first), { kind: 'claimed', acceptedAt: START });
      assert.deepEqual(await store.claims.claim(next), { kind: 'taken', by: first, recorded: false });
      await store.records.own(record({ tenant, id: 'order-1' }));
      assert.deepEqual(await store.claims.claim(next), { kind: 'taken', by: first, recorded: true });
    },
  );

  holds(
    'a claim asked for twice by one request, because an answer was lost, is its own',
    async (store, tenant) => {
      const claim = claimOf(tenant);
      await store.claims.claim(claim);
      const later = { ...claim, acceptedAt: START + 9 };
      assert.deepEqual(await store.claims.claim(later), { kind: 'claimed', acceptedAt: START });
      const other = { ...claim, requestId: 'req-2' };
      assert.deepEqual(await store.claims.claim(other), { kind: 'taken', by: claim, recorded: false });
    },
  );

  holds('a claim remembers the source of a CloudEvent', async (store, tenant) => {
    const claim = { ...claimOf(tenant), source: '/shops/1' };
    await store.claims.claim(claim);
    const other = { ...claim, requestId: 'req-2', source: '/shops/2' };
    assert.deepEqual(await store.claims.claim(other), { kind: 'taken', by: claim, recorded: false });
  });

  holds('C011: of twenty claims at once one wins', async (store, tenant) => {
    const claim = claimOf(tenant);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, i) => store.claims.claim({ ...claim, requestId: `req-${i}` })),
    );
    assert.equal(outcomes.filter((outcome) => outcome.kind === 'claimed').length, 1);
  });

  holds('C012: one id is claimed by each tenant for itself', async (store, tenant) => {
    const claim = claimOf(tenant);
    await store.claims.claim(claim);
    const claimed = { kind: 'claimed', acceptedAt: START };
    assert.deepEqual(await store.claims.claim({ ...claim, tenant: `${tenant}-b` }), claimed);
  });

  holds(
    'C071: a claim and a record past their retention are as if they had never been',
    async (store, tenant, clock) => {
      const claim = claimOf(tenant);
      await store.claims.claim(claim);
      await store.records.own(record({ tenant, id: 'order-1' }));
      clock.advance(RETENTION.recordSeconds * 1000 - 1_000);
      assert.equal(
        (await store.claims.claim({ ...claim, bodyHash: 'bb', requestId: 'req-2' })).kind,
        'taken',
      );
      assert.notEqual(await store.reads.get(tenant, 'order-1'), null);
      clock.advance(1_000);
      assert.equal(await store.reads.get(tenant, 'order-1'), null);
      assert.deepEqual(await listed(store, tenant), []);
      assert.equal((await store.reads.dataOf([record({ tenant, id: 'order-1' })])).size, 0);
      assert.deepEqual(
        await store.claims.claim({ ...claim, bodyHash: 'bb', requestId: 'req-3', acceptedAt: clock.now() }),
        {
          kind: 'claimed',
          acceptedAt: clock.now(),
        },
      );
      const anew = record({ tenant, id: 'order-1', requestId: 'req-2', acceptedAt: clock.now() });
      assert.deepEqual(await store.records.own(anew), { kind: 'new' });
      assert.deepEqual(await store.reads.get(tenant, 'order-1'), anew);
    },
  );

  holds(
    'an event is owned by one request: others are told, the same one finds what it fixed',
    async (store, tenant) => {
      const first = record({ tenant, id: newEventId(START, random), matched: 250, shards: 3 });
      assert.deepEqual(await store.records.own(first), { kind: 'new' });
      assert.deepEqual(await store.records.own({ ...first, requestId: 'req-2', data: '2' }), {
        kind: 'foreign',
      });
      assert.deepEqual(await store.records.own({ ...first, matched: 300, shards: 4 }), {
        kind: 'resumed',
        shards: 3,
        matched: 250,
      });
      assert.deepEqual(await store.reads.get(tenant, first.id), first);
    },
  );

  holds('of ten owners at once one is first', async (store, tenant) => {
    const requests = Array.from({ length: 10 }, (_, i) => record({ tenant, id: 'e', requestId: `req-${i}` }));
    const outcomes = await Promise.all(requests.map((request) => store.records.own(request)));
    assert.equal(outcomes.filter((outcome) => outcome.kind === 'new').length, 1);
    assert.equal(outcomes.filter((outcome) => outcome.kind === 'foreign').length, 9);
  });

  holds('only the owner corrects the count, and nothing else changes', async (store, tenant) => {
    const first = record({ tenant, id: newEventId(START, random), matched: 2 });
    await store.records.own(first);
    await store.records.recount(first, 3);
    assert.deepEqual(await store.reads.get(tenant, first.id), { ...first, matched: 3 });
    await assert.rejects(store.records.recount({ ...first, requestId: 'req-2' }, 9));
    await assert.rejects(store.records.recount({ ...first, id: 'none' }, 9));
    await assert.rejects(store.records.recount({ ...first, acceptedAt: START + 1 }, 9));
    assert.deepEqual(await store.reads.get(tenant, first.id), { ...first, matched: 3 });
  });

  holds(
    'C001: a record comes back whole, its data token for token, short and long',
    async (store, tenant) => {
      const odd =
        '{"id":9007199254740993,"big":1e400,"price":1.0,\n\t"x":1,"x":2,"e":"😀\\ud800","__proto__":{}}';
      for (const [i, data] of [odd, 'null', '""', `[${odd},"${'é'.repeat(2_000)}"]`].entries()) {
        const whole = record({
          tenant,
          id: `e:${i}@x`,
          data,
          subject: 'order 7 é',
          time: 0,
          metadata: { region: 'eu', empty: '', __proto: 'x' },
          ...(i === 0 ? { trace: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' } : {}),
        });
        await store.claims.claim({ ...claimOf(tenant), id: whole.id });
        await store.records.own(whole);
        assert.deepEqual(await store.reads.get(tenant, whole.id), whole);
        assert.deepEqual(await store.reads.recordOf(whole), whole);
        const { requestId: _requestId, data: _data, trace: _trace, ...event } = whole;
        assert.deepEqual(
          (await listed(store, tenant)).find(({ id }) => id === whole.id),
          event,
        );
      }
    },
  );

  holds('the data of many events is read at once, missing ones left out', async (store, tenant) => {
    const events = Array.from({ length: 120 }, (_, i) => record({ tenant, id: `e${i}`, data: `"${i}"` }));
    await Promise.all(events.map((event) => store.records.own(event)));
    const data = await store.reads.dataOf([
      ...events,
      record({ tenant, id: 'none' }),
      record({ tenant, id: 'e1', acceptedAt: START + 1 }),
      ...events.slice(0, 3),
    ]);
    assert.equal(data.size, 120);
    for (const event of events) assert.equal(data.get(eventKey(event)), event.data);
  });

  holds(
    'a list runs from the newest to the oldest, each event once, from any position',
    async (store, tenant) => {
      const events = Array.from({ length: 250 }, (_, i) =>
        record({
          tenant,
          id: `e${i}`,
          acceptedAt: START + Math.floor(i / 3),
          type: i % 5 === 0 ? 'a.b' : 'c.d',
        }),
      );
      await Promise.all(events.map((event) => store.records.own(event)));
      await store.records.own(record({ tenant: `${tenant}0`, id: 'other' }));
      const expected = events.map(eventPosition).sort().reverse();
      const positions = (found: readonly ListedEvent[]) => found.map(eventPosition);
      assert.deepEqual(positions(await listed(store, tenant)), expected);
      for (const at of [0, 1, 99, 249]) {
        const before = expected[at] ?? '';
        assert.deepEqual(positions(await listed(store, tenant, { before })), expected.slice(at + 1));
      }
      assert.deepEqual(
        (await listed(store, tenant, { type: 'a.b' })).map((event) => event.id).sort(),
        events
          .filter((event) => event.type === 'a.b')
          .map((event) => event.id)
          .sort(),
      );
    },
  );

  holds('bounds on time: since counts, until does not, and odd ones give nothing', async (store, tenant) => {
    for (const i of [0, 1, 2, 3])
      await store.records.own(record({ tenant, id: `e${i}`, acceptedAt: START + i }));
    const ids = async (filter: object) => (await listed(store, tenant, filter)).map((event) => event.id);
    assert.deepEqual(await ids({ since: START + 1, until: START + 3 }), ['e2', 'e1']);
    assert.deepEqual(
      await ids({
        since: START + 1,
        until: START + 3,
        before: eventPosition({ acceptedAt: START + 2, id: 'e2' }),
      }),
      ['e1'],
    );
    assert.deepEqual(await ids({ since: START + 3, until: START + 1 }), []);
    assert.deepEqual(await ids({ since: START + 1, until: START + 1 }), []);
    assert.deepEqual(await ids({ until: -62_135_596_800_000 }), []);
    assert.deepEqual(await ids({ since: -5, until: 253_402_300_799_999 }), ['e3', 'e2', 'e1', 'e0']);
  });

  holds('the events of one millisecond are found', async (store, tenant) => {
    for (const [id, acceptedAt] of [
      ['a', START - 1],
      ['b', START],
      ['c', START],
      ['d', START + 1],
    ] as const) {
      await store.records.own(record({ tenant, id, acceptedAt }));
    }
    assert.deepEqual((await store.reads.at(tenant, START)).map((event) => event.id).sort(), ['b', 'c']);
    assert.deepEqual(await store.reads.at(`${tenant}x`, START), []);
  });
}

async function listed(
  store: EventStoreUnderTest,
  tenant: string,
  filter = {},
): Promise<readonly ListedEvent[]> {
  const found: ListedEvent[] = [];
  for await (const page of store.reads.newest(tenant, filter)) {
    assert.ok(page.length > 0, 'a page is empty');
    found.push(...page);
  }
  return found;
}
