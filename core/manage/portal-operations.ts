import { z } from 'zod';
import type { PortalSessionBody } from '../../contract/api.ts';
import { CONSOLE_LINK } from '../../contract/console.ts';
import { PORTAL_SESSION, type Quotas } from '../../contract/limits.ts';
import { type Scope, tenantFor } from '../api-key.ts';
import { hashToken, newToken } from '../auth/token.ts';
import type { Clock, Random } from '../clock.ts';
import { newId } from '../id.ts';
import { formatTime } from '../rfc3339.ts';
import { parseBody } from './body.ts';
import type { KeyStore } from './key-store.ts';
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
export function portalOperations(deps: PortalOperationsDeps): Operations<'createPortalSession'> {
  return {
    createPortalSession: async ({ caller, body }) => {
      const input = parseBody(portalSessionRequest, body);
      const tenant = tenantFor(caller, input.tenant);
      const readOnly = input.readOnly ?? false;
      const now = deps.clock.now();
      const expiresAt = now + (input.expiresInSeconds ?? PORTAL_SESSION.defaultSeconds) * 1000;
      const token = newToken(deps.random);
      const id = newId('key', deps.clock, deps.random);
      const room = await deps.keys.createSession({
        id,
        name: readOnly ? 'Portal session, read-only' : 'Portal session',
        hash: hashToken(token),
        scopes: readOnly ? READS : [...READS, ...WRITES],
        tenant,
        createdAt: now,
        expiresAt,
      });
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
  };
}
