import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Event } from '../../../core/event.ts';
import { InterestIndex } from '../../../core/fan-out/interest-index.ts';
import { typeMatches } from '../../../core/fan-out/match-type.ts';
import type { SubscriptionInterest } from '../../../core/subscription.ts';

function eventOf(type: string, data = '{}'): Event {
  return { tenant: 't', id: 'e', type, subject: null, time: 0, acceptedAt: 0, metadata: {}, data };
}

const segment = fc.constantFrom('a', 'b', 'ab', '__proto__', 'constructor');
const type = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('.'));
const interest = fc.oneof(
  type,
  type.map((prefix) => `${prefix}.*`),
  fc.constant('*'),
);

test('the index finds what asking every subscription would find, each once', () => {
  const subscriptions = fc
    .array(fc.array(interest, { minLength: 1, maxLength: 4 }), { maxLength: 8 })
    .map((lists) =>
      lists.map(
        (eventTypes, i): SubscriptionInterest => ({
          id: `s${i}`,
          eventTypes,
          filter: null,
          status: 'active',
        }),
      ),
    );
  fc.assert(
    fc.property(subscriptions, type, (interests, t) => {
      const expected = interests
        .filter(({ eventTypes }) => eventTypes.some((pattern) => typeMatches(pattern, t)))
        .map(({ id }) => id);
      assert.deepEqual([...new InterestIndex(interests).match(eventOf(t)).targets].sort(), expected.sort());
    }),
  );
});

test('data is read once per event, and not at all where no filter asks', () => {
  const filtered = (id: string): SubscriptionInterest => ({
    id,
    eventTypes: ['a.*'],
    filter: { data: { n: [1] } },
    status: 'active',
  });
  const index = new InterestIndex([...Array(3).keys()].map((i) => filtered(`s${i}`)));
  let reads = 0;
  const watched = (t: string): Event => ({
    ...eventOf(t),
    get data() {
      reads++;
      return '{"n":1}';
    },
  });
  assert.equal(index.match(watched('a.b')).targets.length, 3);
  assert.equal(reads, 1);
  assert.equal(index.match(watched('c.d')).targets.length, 0);
  assert.equal(reads, 1);
});

test('of two filters on one subscription list each decides for its own', () => {
  const index = new InterestIndex([
    { id: 'one', eventTypes: ['*', 'a.*'], filter: { data: { n: [1] } }, status: 'active' },
    { id: 'two', eventTypes: ['a.b'], filter: { data: { n: [2] } }, status: 'paused' },
  ]);
  assert.deepEqual(index.match(eventOf('a.b', '{"n":1}')).targets, ['one']);
  assert.deepEqual(index.match(eventOf('a.b', '{"n":2}')).targets, ['two']);
  assert.deepEqual(index.match(eventOf('a.b', '"n"')).targets, []);
});
