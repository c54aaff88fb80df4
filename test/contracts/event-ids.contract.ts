import assert from 'node:assert/strict';
import { RETENTION } from '../../contract/limits.ts';
import { eventIdOfKey, newEventId } from '../../core/id.ts';
import { eventPosition } from '../../core/manage/event-reads.ts';
import { eventKey } from '../../core/retry/ports.ts';
import { type FakeClock, seededRandom } from '../support/clock.ts';
import { type EventStoreUnderTest, promisesOf, record, START } from './event-store.contract.ts';

const DAY_MS = 86_400_000;
const random = seededRandom(11);

/** How events are found by ids of every kind. */
export function eventIdsContract(name: string, make: (clock: FakeClock) => EventStoreUnderTest): void {
  const holds = promisesOf(name, make);

  holds('an id of our own leads to its event at once, and needs no claim', async (store, tenant) => {
    const event = record({ tenant, id: newEventId(START, random) });
    await store.records.own(event);
    assert.deepEqual(await store.reads.get(tenant, event.id), event);
    assert.equal(await store.reads.get(`${tenant}x`, event.id), null);
    assert.equal(await store.reads.get(tenant, newEventId(START, random)), null);
  });

  holds(
    'a chosen id leads to its event by its claim, however much it looks like ours',
    async (store, tenant) => {
      const ids = ['order-1', 'evt_01KDX2V7QE3N4P5Q6R7S8T9VWX', 'evt_t', `evt_t${'0'.repeat(25)}`];
      for (const id of [...ids, `dlv_${'0'.repeat(26)}`, eventIdOfKey(tenant, 'k'), 'CLAIM', 'a:@b']) {
        const event = record({ tenant, id, acceptedAt: START + 7 });
        assert.equal(await store.reads.get(tenant, id), null, 'nobody has posted it');
        await claim(store, event);
        assert.equal(await store.reads.get(tenant, id), null, 'it is not on record yet');
        assert.deepEqual(await store.records.own(event), { kind: 'new' });
        assert.deepEqual(await store.reads.get(tenant, id), event);
      }
    },
  );

  holds(
    'a copy of an id of our own meets the event that has it, whoever comes first',
    async (store, tenant) => {
      const original = record({ tenant, id: newEventId(START, random), requestId: 'req-1' });
      const copy = { ...original, acceptedAt: START + DAY_MS, requestId: 'req-2', data: '"copy"' };
      await store.records.own(original);
      assert.deepEqual(await claim(store, copy), { kind: 'claimed', acceptedAt: copy.acceptedAt });
      assert.deepEqual(await store.records.own(copy), { kind: 'foreign' });
      assert.deepEqual(await store.reads.get(tenant, original.id), original);
      assert.deepEqual(await positions(store, tenant), [eventPosition(original)]);

      const late = record({ tenant, id: newEventId(START, random), requestId: 'req-1' });
      const early = { ...late, acceptedAt: START + 5, requestId: 'req-2' };
      await claim(store, early);
      assert.deepEqual(await store.records.own(early), { kind: 'new' });
      assert.deepEqual(await store.records.own(late), { kind: 'foreign' });
      assert.deepEqual(await store.reads.get(tenant, late.id), early);
    },
  );

  holds(
    'an event posted under an id of our form that nobody has is found, listed and owned like any other',
    async (store, shop) => {
      const times = [START - 400 * DAY_MS, START - 1, START + 1, START + 400 * DAY_MS, 2 ** 50 - 1];
      for (const [i, told] of times.entries()) {
        const tenant = `${shop}-${i}`;
        const event = record({ tenant, id: newEventId(told, random), matched: 7, shards: 2 });
        await claim(store, event);
        assert.deepEqual(await store.records.own(event), { kind: 'new' });
        assert.deepEqual(await store.records.own(event), { kind: 'resumed', matched: 7, shards: 2 });
        assert.deepEqual(await store.records.own({ ...event, requestId: 'req-2' }), { kind: 'foreign' });
        await store.records.recount(event, 8);
        const kept = { ...event, matched: 8 };
        assert.deepEqual(await store.reads.get(tenant, event.id), kept);
        assert.deepEqual(await store.reads.recordOf(event), kept);
        assert.equal((await store.reads.dataOf([event])).get(eventKey(event)), event.data);
        assert.deepEqual(await positions(store, tenant, { before: null }), [eventPosition(event)]);
        assert.ok((await store.reads.at(tenant, START)).some(({ id }) => id === event.id));
        if (told < 253_402_300_799_999) assert.deepEqual(await store.reads.at(tenant, told), []);
      }
    },
  );

  holds('a claim of such an id tells whether its event is on record', async (store, tenant) => {
    const event = record({ tenant, id: newEventId(START - DAY_MS, random) });
    const repeat = { ...event, requestId: 'req-2' };
    await claim(store, event);
    assert.partialDeepStrictEqual(await claim(store, repeat), { kind: 'taken', recorded: false });
    await store.records.own(event);
    assert.partialDeepStrictEqual(await claim(store, repeat), { kind: 'taken', recorded: true });
  });

  holds(
    'past its retention an id may be used anew: chosen, copied or our own',
    async (store, tenant, clock) => {
      for (const id of ['order-1', newEventId(START, random), newEventId(START - DAY_MS, random)]) {
        const first = record({ tenant, id, acceptedAt: clock.now() });
        await claim(store, first);
        await store.records.own(first);
        clock.advance(RETENTION.recordSeconds * 1000);
        assert.equal(await store.reads.get(tenant, id), null);
        const anew = { ...first, acceptedAt: clock.now(), time: clock.now(), requestId: 'req-2', data: '2' };
        assert.partialDeepStrictEqual(await claim(store, anew), { kind: 'claimed' });
        assert.deepEqual(await store.records.own(anew), { kind: 'new' });
        assert.deepEqual(await store.reads.get(tenant, id), anew);
        clock.advance(1_000);
      }
    },
  );

  holds('many events of one millisecond are listed each once, and all found by it', async (store, tenant) => {
    const events = Array.from({ length: 230 }, () => record({ tenant, id: newEventId(START, random) }));
    await Promise.all(events.map((event) => store.records.own(event)));
    const expected = events.map(eventPosition).sort().reverse();
    assert.deepEqual(await positions(store, tenant), expected);
    assert.deepEqual(await positions(store, tenant, { before: expected[99] ?? null }), expected.slice(100));
    assert.equal((await store.reads.at(tenant, START)).length, 230);
  });

  holds('large data, and large data of a repeat that lost, are told apart', async (store, tenant) => {
    const text = (seed: number) =>
      JSON.stringify(Buffer.from(seededRandom(seed).bytes(20_000)).toString('base64'));
    const event = record({ tenant, id: newEventId(START, random), data: text(1) });
    const small = record({ tenant, id: newEventId(START, random) });
    await store.records.own(event);
    await store.records.own(small);
    assert.deepEqual(await store.records.own({ ...event, requestId: 'req-2', data: text(2) }), {
      kind: 'foreign',
    });
    assert.equal((await store.reads.get(tenant, event.id))?.data, text(1));
    const data = await store.reads.dataOf([event, small]);
    assert.deepEqual([data.get(eventKey(event)), data.get(eventKey(small))], [text(1), small.data]);
  });
}

function claim(store: EventStoreUnderTest, { tenant, id, acceptedAt, requestId }: ReturnType<typeof record>) {
  return store.claims.claim({ tenant, id, acceptedAt, requestId, bodyHash: 'aa', source: null });
}

async function positions(
  store: EventStoreUnderTest,
  tenant: string,
  filter = {},
): Promise<readonly string[]> {
  return (await Array.fromAsync(store.reads.newest(tenant, filter))).flat().map(eventPosition);
}
