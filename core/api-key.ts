import { DEFAULT_TENANT } from '../contract/limits.ts';
import { Problem } from './problem.ts';

/** What a key may do. `admin` may do everything. */
export const SCOPES = [
  'events:write',
  'events:read',
  'subscriptions:write',
  'subscriptions:read',
  'secrets:read',
  'deliveries:write',
  'deliveries:read',
  'redrive',
  'admin',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Who is calling: the key's id, scopes, tenant if it is bound to one, what it comes from, and end. */
export interface Caller {
  readonly keyId: string;
  readonly scopes: readonly Scope[];
  /** Null: any tenant. */
  readonly tenant: string | null;
  /** Hashes of the keys it comes from, the first of them first and its own last; empty for the first admin key. */
  readonly lineage: readonly string[];
  /** In epoch milliseconds; null: never. */
  readonly expiresAt: number | null;
}

/** Tells who holds a bearer token. */
export interface Authenticator {
  /** The caller, or null if the token, or one it comes from, is unknown, revoked or expired. Answers may be up to 10 s old. */
  authenticate(token: string): Promise<Caller | null>;
}

/** Letters, digits and `_.:@-`, 1 to 128, starting with a letter or digit. */
export const TENANT_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}$/;

/** Like a tenant id but without the dot, on which the signature joins. */
export const CHOSEN_ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_:@-]{0,127}$/;

/** Whether the caller has the scope. */
export function may(caller: Pick<Caller, 'scopes'>, scope: Scope): boolean {
  return caller.scopes.includes('admin') || caller.scopes.includes(scope);
}

/** Throws a 403 `Problem` unless the caller has the scope. */
export function requireScope(caller: Caller, scope: Scope): void {
  if (may(caller, scope)) return;
  throw new Problem('forbidden', `This key lacks the scope "${scope}".`);
}

/**
 * The tenant a request is about: the one it names, else the key's own, else `default`. Throws a 403
 * `Problem` when a bound key names another tenant, and 400 for a malformed id.
 */
export function tenantFor(caller: Caller, named: string | null | undefined): string {
  if (named === null || named === undefined) return caller.tenant ?? DEFAULT_TENANT;
  if (!TENANT_PATTERN.test(named)) {
    throw new Problem('invalid-request', 'The tenant id is not valid.', [
      { pointer: '/tenant', detail: `must match ${TENANT_PATTERN.source}` },
    ]);
  }
  if (caller.tenant !== null && caller.tenant !== named) {
    throw new Problem('forbidden', 'This key is bound to another tenant.');
  }
  return named;
}
