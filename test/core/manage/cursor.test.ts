import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CursorScope, cursorScope, decodeCursor, encodeCursor } from '../../../core/manage/cursor.ts';
import { Problem } from '../../../core/problem.ts';

const key = Buffer.alloc(32, 7);
const scope: CursorScope = { list: 'listEvents', tenant: 'acme', filters: { type: 'order.created' } };

function refused(cursor: string, as: CursorScope = scope, by: Uint8Array = key): void {
  assert.throws(
    () => decodeCursor(by, as, cursor),
    (error) => error instanceof Problem && error.problem === 'invalid-cursor' && error.status === 400,
    cursor.slice(0, 80),
  );
}

test('whatever position is written is read back', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 6 }), (position) => {
      assert.deepEqual(decodeCursor(key, scope, encodeCursor(key, scope, position)), position);
    }),
  );
});

test('C070: a cursor whose position was changed is refused', () => {
  const [payload = '', signature = ''] = encodeCursor(key, scope, ['T#acme', '0001']).split('.');
  const forged = Buffer.from(payload, 'base64url').toString().replace('acme', 'globex');
  refused(`${Buffer.from(forged).toString('base64url')}.${signature}`);
});

test('C070: a cursor is refused in another list, tenant or filter, and under another key', () => {
  const cursor = encodeCursor(key, scope, ['0001']);
  refused(cursor, { ...scope, list: 'listDeliveries' });
  refused(cursor, { ...scope, tenant: 'globex' });
  refused(cursor, { ...scope, tenant: null });
  refused(cursor, { ...scope, filters: {} });
  refused(cursor, { ...scope, filters: { type: 'order.paid' } });
  refused(cursor, { ...scope, filters: { ...scope.filters, since: '2026-01-01T00:00:00Z' } });
  refused(cursor, scope, Buffer.alloc(32, 8));
});

test('C070: text that never was a cursor is refused', () => {
  const cursor = encodeCursor(key, scope, ['0001']);
  for (const text of [
    '',
    '.',
    '..',
    '\0',
    '%00',
    'A'.repeat(10_000),
    `${cursor}.`,
    `.${cursor}`,
    `${cursor}=`,
  ]) {
    refused(text);
  }
});

test('C070: changing any one character makes a cursor invalid', () => {
  const cursor = encodeCursor(key, scope, ['1767323045678#sub_1']);
  fc.assert(
    fc.property(fc.nat(cursor.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, char) => {
      fc.pre(cursor[at] !== char);
      refused(cursor.slice(0, at) + char + cursor.slice(at + 1));
    }),
  );
});

test('paging and the tenant parameter are no filters; the order of filters does not matter', () => {
  const first = cursorScope('listEvents', 'acme', { type: 'a', since: 'b', limit: '1', tenant: 'acme' });
  const second = cursorScope('listEvents', 'acme', { since: 'b', cursor: 'x', type: 'a' });
  assert.deepEqual(decodeCursor(key, second, encodeCursor(key, first, ['1'])), ['1']);
});
