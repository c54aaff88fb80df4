import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatTime, parseTime } from '../../core/rfc3339.ts';

test('the examples of RFC 3339 section 5.8 are read', () => {
  assert.equal(parseTime('1985-04-12T23:20:50.52Z'), Date.UTC(1985, 3, 12, 23, 20, 50, 520));
  assert.equal(parseTime('1996-12-19T16:39:57-08:00'), Date.UTC(1996, 11, 20, 0, 39, 57));
  assert.equal(parseTime('1937-01-01T12:00:27.87+00:20'), Date.UTC(1937, 0, 1, 11, 40, 27, 870));
  assert.equal(parseTime('2026-01-02t03:04:05z'), Date.UTC(2026, 0, 2, 3, 4, 5));
});

test('whatever is written is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(1970), max: Date.UTC(9999) }), (time) => {
      assert.equal(parseTime(formatTime(time)), time);
    }),
  );
});

test('C078: days no month has, other notations and leap seconds are refused', () => {
  for (const text of [
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '1990-12-31T23:59:60Z',
    '2026-01-01T00:00:00',
    '2026-01-01 00:00:00Z',
    '2026-01-01',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00+00:60',
    '1700000000',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59-01:00',
    ' 2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00Z\n',
    '',
  ]) {
    assert.equal(parseTime(text), null, text);
  }
});
