import { z } from 'zod';
import type { TenantBody } from '../../contract/api.ts';
import { TENANT } from '../../contract/limits.ts';
import { type Caller, TENANT_PATTERN } from '../api-key.ts';
import { Problem } from '../problem.ts';
import { formatTime } from '../rfc3339.ts';
import { refuseReservedTenant, refuseSystemRecord } from '../system-tenant.ts';
import { parseOptionalBody } from './body.ts';
import { cursorScope } from './cursor.ts';
import { refuseBound } from './event-type-operations.ts';
import type { KeyStore } from './key-store.ts';
import type { Operations } from './operation.ts';
import { type ListDeps, pageRequest, readPage } from './page.ts';
import { metadataField, retryScheduleField, words } from './subscription-input.ts';
import type { SubscriptionStore } from './subscription-store.ts';
import { plainTenant, type TenantRecord, type TenantStore, tenantPosition } from './tenant-store.ts';

export interface TenantOperationsDeps extends ListDeps {
  readonly tenants: TenantStore;
  readonly store: SubscriptionStore;
  readonly keys: KeyStore;
}

/** Body of `PUT /v1/tenants/{id}`. */
export const tenantFields = z.strictObject({
  name: words(TENANT.maxNameLength).optional(),
  metadata: metadataField.optional(),
  retrySchedule: retryScheduleField.nullish(),
});

/** Subscriptions removed at once. */
const WIDTH = 20;

type Names = 'putTenant' | 'getTenant' | 'listTenants' | 'deleteTenant';

/** The operations on tenants. A tenant is on record from its first subscription, or from a PUT. */
export function tenantOperations(deps: TenantOperationsDeps): Operations<Names> {
  return {
    putTenant: async ({ caller, params, body }) => {
      const id = tenantId(caller, params.id);
      refuseBound(caller);
      refuseSystemRecord(id);
      refuseReservedTenant(id, 'invalid-request');
      const input = parseOptionalBody(tenantFields, body);
      await deps.tenants.ensure(plainTenant(id, deps.clock.now()));
      const before = await deps.tenants.get(id);
      const after: TenantRecord = {
        ...(before ?? plainTenant(id, deps.clock.now())),
        name: input.name ?? '',
        metadata: input.metadata ?? {},
        retrySchedule: input.retrySchedule ?? null,
      };
      if (!(await deps.tenants.replace(after))) {
        throw new Problem('conflict', 'The tenant was deleted at the same time. Try again.');
      }
      return { status: 200, body: view(after) };
    },

    getTenant: async ({ caller, params }) => {
      const found = await deps.tenants.get(tenantId(caller, params.id));
      if (found === null) throw notFound();
      return { status: 200, body: view(found) };
    },

    listTenants: async ({ caller, query }) => {
      const scope = cursorScope('listTenants', caller.tenant, query);
      const { limit, after } = await pageRequest(deps.cursorKey, scope, query);
      const source =
        caller.tenant === null
          ? deps.tenants.newestFirst(after?.[0] ?? null)
          : onlyOne(deps.tenants, caller.tenant);
      const positionOf = (one: TenantRecord) => [tenantPosition(one)];
      return { status: 200, body: await readPage(deps, scope, { source, limit, positionOf, view }) };
    },

    deleteTenant: async ({ caller, params }) => {
      const id = tenantId(caller, params.id);
      refuseBound(caller);
      refuseSystemRecord(id);
      const record = await deps.tenants.get(id);
      // Who could bring it back goes first, and the record last: whoever meets a failure on the way can ask again.
      const keys = (await deps.keys.removeSessions(id)) + (await removeKeys(deps, id));
      const removed = keys + (await removeSubscriptions(deps.store, id));
      if (record === null && removed === 0) throw notFound();
      if (record !== null) await deps.tenants.remove(record);
      return { status: 204 };
    },
  };
}

/** The tenant of a path. Throws a 404 `Problem` for what is no tenant id, and for another tenant than the key's own. */
function tenantId(caller: Caller, given: string | undefined): string {
  if (given === undefined || !TENANT_PATTERN.test(given)) throw notFound();
  if (caller.tenant !== null && caller.tenant !== given) throw notFound();
  return given;
}

function notFound(): Problem {
  return new Problem('not-found', 'There is no such tenant.');
}

/** What a key of one tenant sees of the list. */
async function* onlyOne(tenants: TenantStore, id: string): AsyncIterable<readonly TenantRecord[]> {
  const found = await tenants.get(id);
  if (found !== null) yield [found];
}

/** What waits for a subscription that is gone is cancelled when its time comes. */
async function removeSubscriptions(store: SubscriptionStore, tenant: string): Promise<number> {
  let removed = 0;
  for await (const page of store.newestFirst(tenant, null)) {
    for (let at = 0; at < page.length; at += WIDTH) {
      await Promise.all(page.slice(at, at + WIDTH).map(({ id }) => store.remove(tenant, id)));
    }
    removed += page.length;
  }
  return removed;
}

async function removeKeys({ keys, clock }: TenantOperationsDeps, tenant: string): Promise<number> {
  let removed = 0;
  for await (const page of keys.newestFirst(null)) {
    const own = page.filter((key) => key.tenant === tenant);
    for (const key of own) await keys.remove(key, clock.now());
    removed += own.length;
  }
  return removed;
}

function view({ id, name, metadata, retrySchedule, createdAt }: TenantRecord): TenantBody {
  return { id, name, metadata, retrySchedule, createdAt: formatTime(createdAt) };
}
