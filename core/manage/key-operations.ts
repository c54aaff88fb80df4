import { z } from 'zod';
import type { CreatedKey, KeyBody } from '../../contract/api.ts';
import type { Quotas } from '../../contract/limits.ts';
import { type Caller, SCOPES, type Scope, tenantFor } from '../api-key.ts';
import type { KeyRecord } from '../auth/ports.ts';
import { hashToken, newToken } from '../auth/token.ts';
import type { Clock, Random } from '../clock.ts';
import { newId } from '../id.ts';
import { Problem } from '../problem.ts';
import { formatTime, parseTime } from '../rfc3339.ts';
import { refuseReservedTenant } from '../system-tenant.ts';
import { invalid, parseBody } from './body.ts';
import { cursorScope } from './cursor.ts';
import { timeText } from './fields.ts';
import { deleteWithMade } from './key-removal.ts';
import type { KeyStore } from './key-store.ts';
import { endOf, lineageFrom, makerGone, refuseMoreThan } from './made-keys.ts';
import type { Operations } from './operation.ts';
import { type ListDeps, pageRequest, readPage } from './page.ts';
import { quotaExceeded } from './quotas.ts';
import { tenantField, words } from './subscription-input.ts';

export interface KeyOperationsDeps extends ListDeps {
  readonly keys: KeyStore;
  readonly quotas: Quotas;
  readonly random: Random;
}

const MAX_NAME_LENGTH = 128;

/** Body of `POST /v1/keys`. */
export const newKey = z.strictObject({
  name: words(MAX_NAME_LENGTH).min(1, 'must not be empty'),
  scopes: z
    .array(z.enum(SCOPES, `must be one of ${SCOPES.join(', ')}`), 'must be an array of scopes')
    .min(1, 'must have at least one entry')
    .max(SCOPES.length, `must have at most ${SCOPES.length} entries`),
  tenant: tenantField.optional(),
  expiresAt: timeText.nullish(),
});

/** The operations on API keys. A caller sees and removes those of its own tenant; no key makes one that may do more or lives longer, and what it made is deleted with it. */
export function keyOperations(deps: KeyOperationsDeps): Operations<'createKey' | 'listKeys' | 'deleteKey'> {
  return {
    createKey: async ({ caller, body }) => {
      const input = parseBody(newKey, body);
      refuseMoreThan(caller, input.scopes);
      // A bound key makes keys of its own tenant only, so that it cannot free itself.
      const tenant = input.tenant === undefined ? caller.tenant : tenantFor(caller, input.tenant);
      if (tenant !== null) refuseReservedTenant(tenant, 'invalid-request');
      const key = newToken(deps.random);
      const record: KeyRecord = {
        id: newId('key', deps.clock, deps.random),
        name: input.name,
        hash: hashToken(key),
        scopes: [...new Set<Scope>(input.scopes)],
        tenant,
        madeBy: lineageFrom(caller),
        createdAt: deps.clock.now(),
        expiresAt: endOf(caller, expiryOf(input.expiresAt, deps.clock), '/expiresAt'),
      };
      const room = await deps.keys.create(record);
      if (room.kind === 'maker-gone') throw makerGone();
      if (room.kind === 'full') {
        throw quotaExceeded('keysPerTenant', deps.quotas, { until: room.until, now: record.createdAt });
      }
      return { status: 201, body: { ...view(record), key } satisfies CreatedKey };
    },

    listKeys: async ({ caller, query }) => {
      const scope = cursorScope('listKeys', caller.tenant, query);
      const { limit, after } = await pageRequest(deps.cursorKey, scope, query);
      const now = deps.clock.now();
      const wanted = (record: KeyRecord): boolean => isLive(record, now) && mayTouch(caller, record);
      const source = deps.keys.newestFirst(after?.[0] ?? null);
      const positionOf = ({ id }: KeyRecord) => [id];
      return {
        status: 200,
        body: await readPage(deps, scope, { source, limit, wanted, positionOf, view }),
      };
    },

    deleteKey: async ({ caller, params }) => {
      const record = await deps.keys.get(params.id ?? '');
      if (record === null || !mayTouch(caller, record))
        throw new Problem('not-found', 'There is no such key.');
      await deleteWithMade(deps.keys, record, deps.clock);
      return { status: 204 };
    },
  };
}

function expiryOf(text: string | null | undefined, clock: Clock): number | null {
  const time = text === undefined || text === null ? null : parseTime(text);
  if (time !== null && time <= clock.now()) {
    throw invalid('The key would have expired already.', [
      { pointer: '/expiresAt', detail: 'must be in the future' },
    ]);
  }
  return time;
}

function isLive({ expiresAt }: KeyRecord, now: number): boolean {
  return expiresAt === null || expiresAt > now;
}

function mayTouch(caller: Caller, record: KeyRecord): boolean {
  return caller.tenant === null || caller.tenant === record.tenant;
}

function view(record: KeyRecord): KeyBody {
  return {
    id: record.id,
    name: record.name,
    scopes: record.scopes,
    tenant: record.tenant,
    createdAt: formatTime(record.createdAt),
    expiresAt: record.expiresAt === null ? null : formatTime(record.expiresAt),
  };
}
