import { Problem } from './problem.ts';

/** The tenant whose subscribers hear of what happens inside. */
export const SYSTEM_TENANT = 'fanfare.system';

/**
 * Throws a 403 `Problem` for this tenant: what its subscribers are told comes from the system alone, or they could not
 * believe it. Subscribing there is free, and what the system said may be sent again.
 */
export function refuseSystemTenant(tenant: string): void {
  if (tenant !== SYSTEM_TENANT) return;
  throw new Problem('forbidden', `Events of the tenant "${SYSTEM_TENANT}" come from the system alone.`);
}
