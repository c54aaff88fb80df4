import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Event } from '../../../core/event.ts';
import { InterestIndex } from '../../../core/fan-out/interest-index.ts';
import { interestsMetBy, typeMatches } from '../../../core/fan-out/match-type.ts';
import { Matching } from '../../../core/fan-out/matching.ts';
import type { StoredInterest } from '../../../core/fan-out/ports.ts';
import { Room } from '../../../core/fan-out/room.ts';

const BIG = 100e6;
const anywhere = (): Room => new Room(BIG, () => false);

function indexOf(interests: readonly StoredInterest[], room = anywhere(), maxBytes = BIG): InterestIndex {
  const index = new InterestIndex(room, maxBytes);
  index.add(interests);
  return index;
}

function eventOf(type: string, data = '{}'): Event {
  return { tenant: 't', id: 'e', type, subject: null, time: 0, acceptedAt: 0, metadata: {}, data };
}

/** Whom an event is for. */
function targetsOf(index: InterestIndex, event: Event): readonly string[] {
  const matching = new Matching(event);
  for (const candidate of index.candidates(matching.interests)) {
    const filter = candidate.filter === null ? null : index.read(candidate, candidate.filter).filter;
    matching.meet(candidate.id, filter);
  }
  return matching.targets;
}

const segment = fc.constantFrom('a', 'b', 'ab', '__proto__', 'constructor');
const type = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('.'));
const interest = fc.oneof(
  type,
  type.map((prefix) => `${prefix}.*`),
  fc.constant('*'),
);

test('the index finds what asking every subscription would find, each once, in the order of their ids', () => {
  const subscriptions = fc
    .array(fc.array(interest, { minLength: 1, maxLength: 4 }), { maxLength: 8 })
    .map((lists) =>
      lists.map((eventTypes, i): StoredInterest => ({ id: `s${i}`, eventTypes, filter: null })),
    );
  fc.assert(
    fc.property(subscriptions, type, (interests, t) => {
      const expected = interests
        .filter(({ eventTypes }) => eventTypes.some((pattern) => typeMatches(pattern, t)))
        .map(({ id }) => id);
      const found = indexOf(interests).candidates(interestsMetBy(t));
      assert.deepEqual(
        found.map(({ id }) => id),
        expected,
      );
    }),
  );
});

test('data is read once per event, and not at all where no filter asks', () => {
  const filtered = (id: string) => ({ id, eventTypes: ['a.*'], filter: '{"data":{"n":[1]}}' });
  const index = indexOf([...Array(3).keys()].map((i) => filtered(`s${i}`)));
  let reads = 0;
  const watched = (t: string): Event => ({
    ...eventOf(t),
    get data() {
      reads++;
      return '{"n":1}';
    },
  });
  assert.equal(targetsOf(index, watched('a.b')).length, 3);
  assert.equal(reads, 1);
  assert.equal(targetsOf(index, watched('c.d')).length, 0);
  assert.equal(reads, 1);
});

test('of two filters on one subscription list each decides for its own', () => {
  const index = indexOf([
    { id: 'one', eventTypes: ['*', 'a.*'], filter: '{"data":{"n":[1]}}' },
    { id: 'two', eventTypes: ['a.b'], filter: '{"data":{"n":[2]}}' },
  ]);
  assert.deepEqual(targetsOf(index, eventOf('a.b', '{"n":1}')), ['one']);
  assert.deepEqual(targetsOf(index, eventOf('a.b', '{"n":2}')), ['two']);
  assert.deepEqual(targetsOf(index, eventOf('a.b', '"n"')), []);
});

test('a filter stays compiled while there is room, and is read anew each time when there is none', () => {
  const filter = JSON.stringify({ data: { a: Array.from({ length: 1_000 }, (_, i) => i) } });
  const interests = Array.from({ length: 4 }, (_, i) => ({ id: `s${i}`, eventTypes: ['*'], filter }));
  const one = indexOf([]).read({ id: '', filter, compiled: null }, filter).bytes;
  const text = indexOf(interests).bytes;
  const keptOf = (index: InterestIndex) => {
    assert.equal(targetsOf(index, eventOf('x', '{"a":999}')).length, 4, 'all decide all the same');
    return index.candidates(['*']).filter(({ compiled }) => compiled !== null).length;
  };
  assert.equal(keptOf(indexOf(interests)), 4);
  assert.equal(keptOf(indexOf(interests, anywhere(), text + 2.5 * one)), 2, 'its own bound');
  assert.equal(keptOf(indexOf(interests, new Room(text + 1.5 * one, () => false))), 1, 'the bound of all');
});

test('what an index takes of the room it gives back when it is dropped', () => {
  const room = anywhere();
  const index = indexOf([{ id: 'one', eventTypes: ['*', 'a.b'], filter: '{"data":{"n":[1]}}' }], room);
  targetsOf(index, eventOf('x', '{"n":1}'));
  assert.equal(room.taken, index.bytes);
  assert.ok(room.taken > 1_000);
  index.drop();
  assert.equal(room.taken, 0);
});
