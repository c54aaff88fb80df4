import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { interestsMetBy, typeMatches } from '../../../core/fan-out/match-type.ts';

test('C021: a prefix stands for one or more further segments, letter for letter', () => {
  for (const type of ['order.created', 'order.item.created']) assert.ok(typeMatches('order.*', type), type);
  for (const type of ['order', 'orders.created', 'Order.created', 'my.order.created']) {
    assert.equal(typeMatches('order.*', type), false, type);
  }
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
      assert.equal(typeMatches(i, t), expected);
    }),
  );
});

test('an event meets no interest twice', () => {
  for (const type of ['a', 'a.b', 'order.item.created'])
    assert.equal(new Set(interestsMetBy(type)).size, interestsMetBy(type).length);
});
