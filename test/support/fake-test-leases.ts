import type { Quotas } from '../../contract/limits.ts';
import {
  ceilingReached,
  type TestCeiling,
  type TestLease,
  type TestLeases,
} from '../../core/manage/test-leases.ts';

/** Leases in memory; giving one back fails on demand. */
export class FakeTestLeases implements TestLeases {
  readonly #quotas: Pick<Quotas, 'testsPerTenant' | 'tests'>;
  held: readonly TestLease[] = [];
  failing = false;

  constructor(quotas: Pick<Quotas, 'testsPerTenant' | 'tests'>) {
    this.#quotas = quotas;
  }

  async take(lease: TestLease, now: number): Promise<TestCeiling> {
    const ceiling = ceilingReached(this.held, lease.tenant, now, this.#quotas);
    if (ceiling === null) this.held = [...this.held, lease];
    return ceiling;
  }

  async release({ id }: TestLease): Promise<void> {
    if (this.failing) throw new Error('the table is down');
    this.held = this.held.filter((lease) => lease.id !== id);
  }
}
