import { type Quotas, TEST } from '../../contract/limits.ts';
import type { Clock, Random } from '../clock.ts';
import { newId } from '../id.ts';
import type { Log } from '../log.ts';
import { tooManyAtOnce } from './quotas.ts';

/** The right to make one request while a caller waits. It ends by itself, should its holder die. */
export interface TestLease {
  readonly id: string;
  readonly tenant: string;
  /** In epoch milliseconds. */
  readonly until: number;
}

/** Which ceiling keeps a lease from being given; null: none. */
export type TestCeiling = 'testsPerTenant' | 'tests' | null;

/** Where leases are kept, for all environments together. */
export interface TestLeases {
  /** Takes a lease, or tells which ceiling is reached at `now`; however many ask at once, none is passed. */
  take(lease: TestLease, now: number): Promise<TestCeiling>;
  /** Gives a lease back. */
  release(lease: TestLease): Promise<void>;
}

export interface TestLeaseDeps {
  readonly leases: TestLeases;
  readonly quotas: Quotas;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Which ceiling one lease more would pass, given those there are. */
export function ceilingReached(
  held: readonly TestLease[],
  tenant: string,
  now: number,
  quotas: Pick<Quotas, 'testsPerTenant' | 'tests'>,
): TestCeiling {
  const live = held.filter(({ until }) => until > now);
  if (live.filter((lease) => lease.tenant === tenant).length >= quotas.testsPerTenant)
    return 'testsPerTenant';
  return live.length >= quotas.tests ? 'tests' : null;
}

/**
 * Makes a request that a caller waits for, unless too many are under way: who answers is a stranger that may take its
 * time, and each keeps an environment of `manage` from everybody else. Throws a 429 `Problem`.
 */
export async function underLease<T>(deps: TestLeaseDeps, tenant: string, work: () => Promise<T>): Promise<T> {
  const now = deps.clock.now();
  const lease = {
    id: newId('run', deps.clock, deps.random),
    tenant,
    until: now + TEST.leaseSeconds * 1000,
  };
  const ceiling = await deps.leases.take(lease, now);
  if (ceiling !== null) throw tooManyAtOnce(ceiling, deps.quotas, TEST.retryAfterSeconds);
  try {
    return await work();
  } finally {
    await giveBack(deps, lease);
  }
}

/** What the work came to is told whether the lease can be given back or has to end by itself. */
async function giveBack({ leases, log }: TestLeaseDeps, lease: TestLease): Promise<void> {
  try {
    await leases.release(lease);
  } catch (cause) {
    log.error('manage.lease-kept', { tenant: lease.tenant }, cause);
  }
}
