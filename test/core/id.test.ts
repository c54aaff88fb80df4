import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CHOSEN_ID_PATTERN } from '../../core/api-key.ts';
import {
  deliveryId,
  eventIdOfKey,
  eventIdOfSource,
  newEventId,
  newId,
  timeOfEventId,
  timeOfId,
} from '../../core/id.ts';
import { FakeClock, seededRandom } from '../support/clock.ts';

const anyTime = fc.integer({ min: 0, max: 253_402_300_799_999 });

test('a later id sorts after an earlier one', () => {
  fc.assert(
    fc.property(anyTime, fc.integer({ min: 1, max: 1e9 }), fc.integer(), (time, later, seed) => {
      const random = seededRandom(seed);
      const first = newId('tsk', new FakeClock(time), random);
      const second = newId('tsk', new FakeClock(time + later), random);
      assert.ok(first < second, `${first} < ${second}`);
    }),
  );
});

test('an id tells the time it was made at', () => {
  fc.assert(
    fc.property(anyTime, fc.integer(), (time, seed) => {
      assert.equal(timeOfId(newId('sub', new FakeClock(time), seededRandom(seed))), time);
    }),
  );
});

test('an event id of our own tells when the event was accepted, and sorts by it', () => {
  fc.assert(
    fc.property(anyTime, fc.integer({ min: 1, max: 1e9 }), fc.integer(), (time, later, seed) => {
      const random = seededRandom(seed);
      const id = newEventId(time, random);
      assert.equal(timeOfEventId(id), time);
      assert.ok(id < newEventId(time + later, random));
      assert.match(id, CHOSEN_ID_PATTERN);
    }),
  );
});

test('event ids made of something else, ULIDs and ids of other things tell no time of an event', () => {
  const clock = new FakeClock();
  for (const id of [
    ...['', 'evt_t', 'order-1', 'evt_01KDX2V7QE3N4P5Q6R7S8T9VWX', '01KDX2V7QE3N4P5Q6R7S8T9VWX'],
    ...[
      `evt_t${'0'.repeat(25)}`,
      `evt_t${'0'.repeat(27)}`,
      `evt_T${'0'.repeat(26)}`,
      `evt_t${'é'.repeat(26)}`,
    ],
    ...[eventIdOfKey('acme', 'k'), eventIdOfSource('/shops/1', 'k'), newId('sub', clock, seededRandom())],
  ]) {
    assert.equal(timeOfEventId(id), null, id);
  }
});

test('text that is not a generated id tells no time', () => {
  for (const text of [
    '',
    'evt_',
    'order-1',
    `evt_k${'0'.repeat(32)}`,
    'evt_ILOU000000ILOU000000ILOU00',
    'dlv_é',
  ]) {
    assert.equal(timeOfId(text), null, text);
  }
});

test('the same event and subscription always give the same delivery id', () => {
  const event = { tenant: 'acme', id: 'evt_1', acceptedAt: 1_767_323_045_678 };
  assert.equal(deliveryId(event, 'sub_1'), deliveryId({ ...event }, 'sub_1'));
  assert.equal(timeOfId(deliveryId(event, 'sub_1')), event.acceptedAt);
});

test('no two of tenant, event and subscription share a delivery id, however their letters are divided', () => {
  const part = fc.string({ unit: fc.constantFrom('a', '1', ':', '\n'), minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (a, b) => {
      fc.pre(a.join('\0') !== b.join('\0'));
      const id = ([tenant, event, subscription]: [string, string, string]): string =>
        deliveryId({ tenant, id: event, acceptedAt: 0 }, subscription);
      assert.notEqual(id(a), id(b));
    }),
  );
});

test('C012: one idempotency key stands for different events in different tenants', () => {
  assert.equal(eventIdOfKey('acme', '1'), eventIdOfKey('acme', '1'));
  assert.notEqual(eventIdOfKey('acme', '1'), eventIdOfKey('globex', '1'));
  assert.match(eventIdOfKey('acme', '1'), CHOSEN_ID_PATTERN);
});
