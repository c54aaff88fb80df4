import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestLease, TestLeases } from '../../core/manage/test-leases.ts';

const NOW = 1_767_323_045_678;

/** What every keeper of leases must do. `open` gives one without any. */
export function testLeasesContract(
  name: string,
  open: (quotas: { testsPerTenant: number; tests: number }) => Promise<TestLeases>,
): void {
  test(`${name}: of thirty that ask at once a tenant gets as many as it may, and another its own`, async () => {
    const leases = await open({ testsPerTenant: 3, tests: 100 });
    const asked = Array.from({ length: 30 }, (_, i) => lease(`a${i}`, i % 10 === 9 ? 'globex' : 'acme'));
    const outcomes = await Promise.all(asked.map((one) => leases.take(one, NOW)));
    const given = asked.filter((_, i) => outcomes[i] === null);
    for (const tenant of ['acme', 'globex']) {
      assert.ok(given.filter((one) => one.tenant === tenant).length <= 3, tenant);
    }
    assert.ok(given.length >= 3, 'somebody always gets through');
    await Promise.all(given.map((one) => leases.release(one)));
    assert.equal(await leases.take(lease('b', 'acme'), NOW), null);
  });

  test(`${name}: all tenants together have no more than there may be`, async () => {
    const leases = await open({ testsPerTenant: 2, tests: 4 });
    for (const [i, tenant] of ['a', 'a', 'b', 'c'].entries()) {
      assert.equal(await leases.take(lease(`l${i}`, tenant), NOW), null);
    }
    assert.equal(await leases.take(lease('x', 'a'), NOW), 'testsPerTenant');
    assert.equal(await leases.take(lease('y', 'd'), NOW), 'tests');
    await leases.release(lease('l3', 'c'));
    await leases.release(lease('l3', 'c'));
    assert.equal(await leases.take(lease('y', 'd'), NOW), null);
    assert.equal(await leases.take(lease('z', 'e'), NOW), 'tests');
  });

  test(`${name}: a lease that its holder did not give back ends by itself`, async () => {
    const leases = await open({ testsPerTenant: 1, tests: 1 });
    await leases.take(lease('dead', 'acme'), NOW);
    assert.equal(await leases.take(lease('next', 'acme', NOW + 2_000), NOW + 999), 'testsPerTenant');
    assert.equal(await leases.take(lease('next', 'acme', NOW + 3_000), NOW + 1_000), null);
    // The dead one's holder was only slow.
    await leases.release(lease('dead', 'acme'));
    assert.equal(await leases.take(lease('more', 'acme', NOW + 3_000), NOW + 1_000), 'testsPerTenant');
  });
}

function lease(id: string, tenant: string, until = NOW + 1_000): TestLease {
  return { id, tenant, until };
}
