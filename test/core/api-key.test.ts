import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Caller, requireScope, SCOPES, tenantFor } from '../../core/api-key.ts';
import { Problem } from '../../core/problem.ts';

const free: Caller = { keyId: 'key_1', scopes: ['events:write'], tenant: null, lineage: [], expiresAt: null };
const bound: Caller = { ...free, tenant: 'acme' };

const refusedWith = (status: number) => (error: unknown) =>
  error instanceof Problem && error.status === status;

test('a key does what its scopes say and nothing else', () => {
  for (const scope of SCOPES) {
    if (scope === 'events:write') requireScope(free, scope);
    else assert.throws(() => requireScope(free, scope), refusedWith(403), scope);
  }
});

test('an admin key does everything', () => {
  for (const scope of SCOPES) requireScope({ ...free, scopes: ['admin'] }, scope);
});

test('no tenant named means the key\'s own, else "default"', () => {
  assert.equal(tenantFor(free, undefined), 'default');
  assert.equal(tenantFor(bound, undefined), 'acme');
  assert.equal(tenantFor(bound, 'acme'), 'acme');
  assert.equal(tenantFor(free, 'globex'), 'globex');
});

test('C076: a bound key may not name another tenant', () => {
  assert.throws(() => tenantFor(bound, 'globex'), refusedWith(403));
});

test('C067: a malformed tenant id is refused by name', () => {
  for (const tenant of ['', ' ', '.a', 'a b', 'a/b', 'é', 'a\n', 'a'.repeat(129)]) {
    assert.throws(
      () => tenantFor(free, tenant),
      (error) => error instanceof Problem && error.status === 400 && error.faults[0]?.pointer === '/tenant',
      JSON.stringify(tenant),
    );
  }
});
