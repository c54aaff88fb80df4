import { z } from 'zod';
import { QUOTA, type Quotas } from '../../contract/limits.ts';
import { type Fault, Problem } from '../problem.ts';

const quotas = z.strictObject(
  Object.fromEntries(Object.keys(QUOTA).map((name) => [name, z.int().min(1)])) as Record<
    keyof Quotas,
    z.ZodInt
  >,
);

/** Reads quotas from JSON text, as a deployment hands them to its functions. Throws for anything else. */
export function readQuotas(text: string): Quotas {
  return quotas.parse(JSON.parse(text));
}

/** What each quota counts, for whoever meets it. */
const COUNTED: Readonly<Record<keyof Quotas, string>> = {
  subscriptionsPerTenant: 'subscriptions in this tenant',
  subscriptionsPerOrigin: 'subscriptions of this tenant at this scheme, host and port',
  keysPerTenant: 'API keys of this tenant',
  portalSessionsPerTenant: 'portal sessions of this tenant',
  openTasksPerTenant: 'open tasks of this tenant',
  testsPerTenant: 'test deliveries of this tenant under way',
  tests: 'test deliveries of all tenants under way',
};

interface Refusal {
  readonly faults?: readonly Fault[];
  /** When the first of them ends by itself, and what time it is, in epoch milliseconds; null: none does. */
  readonly until?: number | null;
  readonly now?: number;
}

/** A 409 that says what there is too much of, and how it can be moved. */
export function quotaExceeded(
  name: keyof Quotas,
  quotas: Quotas,
  { faults = [], until = null, now = 0 }: Refusal = {},
): Problem {
  const seconds = until === null ? null : Math.max(1, Math.ceil((until - now) / 1000));
  const wait = seconds === null ? '' : `, wait ${seconds} s until one ends`;
  return new Problem(
    'quota-exceeded',
    `There are ${quotas[name]} ${COUNTED[name]}, the most there may be. Delete one${wait}, or have the operator raise the quota "${name}" (prop "quotas").`,
    faults,
    seconds === null ? {} : { 'retry-after': String(seconds) },
  );
}

/** A 429 for what ends by itself. `hint` is what else can be done. */
export function tooManyAtOnce(name: keyof Quotas, quotas: Quotas, seconds: number, hint = ''): Problem {
  return new Problem(
    'rate-limited',
    `The most ${COUNTED[name]} there may be at once is ${quotas[name]}. Try again in ${seconds} s${hint}; the operator can raise the quota "${name}" (prop "quotas").`,
    [],
    { 'retry-after': String(seconds) },
  );
}
