import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { interestsMetBy, isEventType, isTypeInterest } from '../../core/event-type.ts';

const TYPES = ['user.created', 'invoice.paid_v2', 'A.b_1', 'a', '0', `${'a'.repeat(127)}b`];
const NOT_TYPES = [
  '',
  '.a',
  'a.',
  'a..b',
  'a b',
  'order.*',
  '*',
  'order.created\n',
  'ordеr.created',
  'a'.repeat(129),
  'a'.repeat(300),
  'a-b',
  'a/b',
  'constructor.\u0000',
];

test('C014: dotted names of letters, digits and underscores are event types, nothing else is', () => {
  for (const type of TYPES) assert.equal(isEventType(type), true, type);
  for (const type of NOT_TYPES) assert.equal(isEventType(type), false, JSON.stringify(type));
});

test('a subscription asks for a type, a prefix or all, and for no other wildcard', () => {
  for (const interest of [...TYPES, '*', 'order.*', 'a.b.c.*', `${'a'.repeat(128)}.*`]) {
    assert.equal(isTypeInterest(interest), true, interest);
  }
  const not = ['', '.*', '**', 'order*', '*.created', 'order.*.created', 'order.', 'order.**', '*\n'];
  for (const interest of not) assert.equal(isTypeInterest(interest), false, JSON.stringify(interest));
});

test('C021: a prefix stands for one or more further segments, letter for letter', () => {
  const meets = (type: string): boolean => interestsMetBy(type).includes('order.*');
  assert.equal(meets('order.created'), true);
  assert.equal(meets('order.item.created'), true);
  assert.equal(meets('order'), false);
  assert.equal(meets('orders.created'), false);
  assert.equal(meets('Order.created'), false);
  assert.equal(meets('my.order.created'), false);
});

test('an event meets exactly the interests that a reading of the rules says it does', () => {
  const segment = fc.constantFrom('a', 'b', 'ab', 'a_b');
  const type = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('.'));
  const interest = fc.oneof(
    type,
    type.map((prefix) => `${prefix}.*`),
    fc.constant('*'),
  );
  fc.assert(
    fc.property(type, interest, (t, i) => {
      const expected =
        i === '*' || i === t || (i.endsWith('.*') && t.startsWith(i.slice(0, -1)) && t.length > i.length - 1);
      assert.equal(interestsMetBy(t).includes(i), expected);
    }),
  );
});

test('an event meets no interest twice', () => {
  for (const type of TYPES) assert.equal(new Set(interestsMetBy(type)).size, interestsMetBy(type).length);
});
