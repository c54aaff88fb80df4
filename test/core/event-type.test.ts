import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEventType, isTypeInterest } from '../../core/event-type.ts';

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
