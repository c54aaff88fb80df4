import { z } from 'zod';
import type { PortalSessionBody } from '../../contract/api.ts';
import { CONSOLE_LINK } from '../../contract/console.ts';
import { PORTAL_SESSION, type Quotas } from '../../contract/limits.ts';
import { type Caller, type Scope, tenantFor } from '../api-key.ts';
import { hashToken, newToken } from '../auth/token.ts';
import type { Clock, Random } from '../clock.ts';
import { newId } from '../id.ts';
import { Problem } from '../problem.ts';
import { formatTime } from '../rfc3339.ts';
import { refuseReservedTenant } from '../system-tenant.ts';
import { parseBody } from './body.ts';
import type { KeyStore } from './key-store.ts';
import { endOf, lineageFrom, makerGone, refuseMoreThan } from './made-keys.ts';
import type { Operations } from './operation.ts';
import { quotaExceeded } from './quotas.ts';
import { tenantField, whole } from './subscription-input.ts';

export interface PortalOperationsDeps {
  readonly keys: KeyStore;
  readonly quotas: Quotas;
  /** Where the console is served, without a slash at the end. */
  readonly consoleUrl: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** What whoever holds the link may read… */
const READS: readonly Scope[] = ['events:read', 'subscriptions:read', 'deliveries:read'];
/** …and what else, unless the session is read-only. */
const WRITES: readonly Scope[] = ['subscriptions:write', 'secrets:read', 'deliveries:write', 'redrive'];

/** Body of `POST /v1/portal-sessions`. */
export const portalSessionRequest = z.strictObject({
  tenant: tenantField,
  expiresInSeconds: whole(PORTAL_SESSION.minSeconds, PORTAL_SESSION.maxSeconds).optional(),
  readOnly: z.boolean('must be true or false').optional(),
});

/** Links into the console: a key that is bound to a tenant, expires soon, and can be removed as keys are. */
export function portalOperations(
  deps: PortalOperationsDeps,
): Operations<'createPortalSession' | 'endPortalSession'> {
  return {
    createPortalSession: async ({ caller, body }) => {
      const input = parseBody(portalSessionRequest, body);
      const tenant = tenantFor(caller, input.tenant);
      refuseReservedTenant(tenant, 'invalid-request');
      const readOnly = input.readOnly ?? false;
      const now = deps.clock.now();
      const scopes = readOnly ? READS : [...READS, ...WRITES];
      refuseMoreThan(caller, scopes);
      const expiresAt = sessionEnd(caller, input.expiresInSeconds, now);
      const token = newToken(deps.random);
      const id = newId('key', deps.clock, deps.random);
      const room = await deps.keys.createSession({
        id,
        name: readOnly ? 'Portal session, read-only' : 'Portal session',
        hash: hashToken(token),
        scopes,
        tenant,
        madeBy: lineageFrom(caller),
        createdAt: now,
        expiresAt,
      });
      if (room.kind === 'maker-gone') throw makerGone();
      if (room.kind === 'full') {
        throw quotaExceeded('portalSessionsPerTenant', deps.quotas, { until: room.until, now });
      }
      // In the fragment, which no browser sends to a server and no server writes to a log.
      const fragment = new URLSearchParams({
        [CONSOLE_LINK.token]: token,
        [CONSOLE_LINK.tenant]: tenant,
        ...(readOnly ? { [CONSOLE_LINK.readOnly]: '1' } : {}),
      });
      const answer: PortalSessionBody = {
        id,
        url: `${deps.consoleUrl}/#${fragment}`,
        token,
        expiresAt: formatTime(expiresAt),
      };
      return { status: 201, body: answer };
    },

    endPortalSession: async ({ caller }) => {
      const session = await deps.keys.getSession(caller.keyId);
      if (session === null) throw new Problem('not-found', 'This key is not a portal session.');
      await deps.keys.remove(session, deps.clock.now());
      return { status: 204 };
    },
  };
}

/** When a session ends: never after its maker's key, and with that one if nothing is asked for. */
function sessionEnd(maker: Caller, seconds: number | undefined, now: number): number {
  if (seconds === undefined) {
    return Math.min(now + PORTAL_SESSION.defaultSeconds * 1000, maker.expiresAt ?? Number.POSITIVE_INFINITY);
  }
  const asked = now + seconds * 1000;
  return endOf(maker, asked, '/expiresInSeconds') ?? asked;
}
