import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Caller, SCOPES } from '../../../core/api-key.ts';
import { endOf, lineageFrom, refuseMoreThan } from '../../../core/manage/made-keys.ts';
import { Problem } from '../../../core/problem.ts';

const maker = (fields: Partial<Caller>): Caller => ({
  keyId: 'key_1',
  scopes: ['events:read'],
  tenant: null,
  lineage: [],
  expiresAt: null,
  ...fields,
});
const refusal = (status: number, told: RegExp) => (error: unknown) =>
  error instanceof Problem &&
  error.status === status &&
  told.test(`${error.message}${JSON.stringify(error.faults)}`);

test('no key hands on a scope that it lacks; an admin key has all', () => {
  assert.throws(
    () => refuseMoreThan(maker({}), ['events:read', 'redrive', 'admin']),
    refusal(403, /redrive.*admin/),
  );
  refuseMoreThan(maker({}), ['events:read']);
  refuseMoreThan(maker({ scopes: ['admin'] }), SCOPES);
});

test('a key ends with its maker, unless it is asked to end before', () => {
  const ending = maker({ expiresAt: 1_000 });
  assert.deepEqual(
    [endOf(ending, null, ''), endOf(ending, 1_000, ''), endOf(ending, 999, '')],
    [1_000, 1_000, 999],
  );
  assert.throws(
    () => endOf(ending, 1_001, '/expiresAt'),
    refusal(400, /\/expiresAt.*1970-01-01T00:00:01\.000Z/),
  );
  assert.deepEqual([endOf(maker({}), null, ''), endOf(maker({}), 5, '')], [null, 5]);
});

test('a key that comes from ten others makes no more, and says what to do', () => {
  const line = Array.from({ length: 11 }, (_, at) => `hash ${at}`);
  assert.deepEqual(lineageFrom(maker({ lineage: line.slice(0, 10) })), line.slice(0, 10));
  assert.throws(
    () => lineageFrom(maker({ lineage: line })),
    refusal(403, /from 10 others.*Use one of those/),
  );
});
