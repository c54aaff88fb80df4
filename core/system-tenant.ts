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

/** Names that look like the system's, in whatever case. */
const RESERVED = /^fanfare\./i;

/**
 * Throws a 400 `Problem` for a tenant other than the system's whose name begins like it: whoever read it could take it
 * for ours. Called where something is made; what a tenant of such a name has from before can be read and deleted.
 */
export function refuseReservedTenant(tenant: string, slug: 'invalid-request' | 'invalid-event'): void {
  if (tenant === SYSTEM_TENANT || !RESERVED.test(tenant)) return;
  throw new Problem(slug, 'Tenant ids that begin with "fanfare." are reserved. Choose another.', [
    { pointer: '/tenant', detail: 'must not begin with "fanfare.", in whatever case' },
  ]);
}

/** Throws a 403 `Problem` for changing or deleting the system's tenant itself. */
export function refuseSystemRecord(tenant: string): void {
  if (tenant !== SYSTEM_TENANT) return;
  throw new Problem('forbidden', `The tenant "${SYSTEM_TENANT}" is the system's own.`);
}
