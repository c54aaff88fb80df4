import type { SubscriptionBody } from '../../contract/api.ts';
import { type Quotas, SUBSCRIPTION } from '../../contract/limits.ts';
import { type Caller, tenantFor } from '../api-key.ts';
import type { Clock, Random } from '../clock.ts';
import type { DestinationPolicy } from '../dispatch/destination-url.ts';
import { newId } from '../id.ts';
import type { OperationalEvents } from '../operational-events.ts';
import { Problem } from '../problem.ts';
import { liveSecrets, type SigningSecret, type Subscription } from '../subscription.ts';
import { invalid, parseBody, parseOptionalBody } from './body.ts';
import { cursorScope } from './cursor.ts';
import { checkDestination, type Resolver } from './destination-check.ts';
import type { ApiRequest, Operations } from './operation.ts';
import { type CursorKey, fillPage, pageAnswer, pageRequest } from './page.ts';
import { quotaExceeded } from './quotas.ts';
import { wantedSubscriptions } from './subscription-filters.ts';
import { newSubscription, rotation, subscriptionChange } from './subscription-input.ts';
import { isAnotherEndpoint, mergeChange } from './subscription-merge.ts';
import { type NoRoom, type SubscriptionStore, subscriptionPosition } from './subscription-store.ts';
import { subscriptionView } from './subscription-view.ts';
import { plainTenant, type TenantStore } from './tenant-store.ts';

export interface SubscriptionOperationsDeps {
  readonly store: SubscriptionStore;
  readonly quotas: Quotas;
  readonly resolver: Resolver;
  readonly policy: DestinationPolicy;
  readonly cursorKey: CursorKey;
  readonly clock: Clock;
  readonly random: Random;
  readonly operational: OperationalEvents;
  readonly tenants: TenantStore;
}

/** Bytes of a generated secret: 256 bits. */
const SECRET_BYTES = 32;
const DEFAULT_GRACE_SECONDS = 86_400;
/** Tries to change a row that others change at the same time. Each time somebody gets through; the store paces us. */
const MAX_TRIES = 25;

type Names =
  | 'createSubscription'
  | 'listSubscriptions'
  | 'getSubscription'
  | 'updateSubscription'
  | 'deleteSubscription'
  | 'getSubscriptionSecret'
  | 'rotateSubscriptionSecret';

/** The operations on subscriptions. */
export function subscriptionOperations(deps: SubscriptionOperationsDeps): Operations<Names> {
  const { store } = deps;

  /** Answers the URL's normal form. Throws a 400 `Problem` for a place that must not be a destination. */
  function destination(url: string, { host }: ApiRequest): Promise<string> {
    const { hosts = [], receiverPath = null } = deps.policy.own ?? {};
    const own = { hosts: [...hosts, host], receiverPath };
    return checkDestination(url, { ...deps.policy, own }, deps.resolver);
  }

  async function find(request: ApiRequest): Promise<Subscription> {
    const tenant = tenantFor(request.caller, request.query.tenant);
    const found = await store.get(tenant, request.params.id ?? '');
    if (found === null) throw notFound();
    return found;
  }

  async function shown(caller: Caller, subscription: Subscription): Promise<SubscriptionBody> {
    return subscriptionView(caller, subscription, await deps.tenants.get(subscription.tenant));
  }

  function noRoom(why: NoRoom): Problem {
    if (why === 'full') return quotaExceeded('subscriptionsPerTenant', deps.quotas);
    return quotaExceeded('subscriptionsPerOrigin', deps.quotas, {
      faults: [{ pointer: '/url', detail: 'leads to an origin that has as many subscriptions as it may' }],
    });
  }

  /** Reads, changes and writes, again while somebody else gets in between. `isWell`: the owner says the endpoint is. */
  async function change(
    request: ApiRequest,
    make: (before: Subscription, now: number) => Promise<Subscription>,
    isWell = false,
  ): Promise<Subscription> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const before = await find(request);
      const now = deps.clock.now();
      const made = await make(before, now);
      const revision = before.revision + 1;
      const endpointRevision = isWell || isAnotherEndpoint(before, made) ? revision : before.endpointRevision;
      const after = { ...made, updatedAt: now, revision, endpointRevision };
      const outcome = await store.replace(before, after);
      if (outcome === 'origin-full') throw noRoom(outcome);
      if (outcome === 'replaced') return after;
    }
    throw new Problem('unavailable', 'The subscription is being changed by others. Try again.', [], {
      'retry-after': '1',
    });
  }

  return {
    createSubscription: async (request) => {
      const input = parseBody(newSubscription, request.body);
      const tenant = tenantFor(request.caller, input.tenant);
      const now = deps.clock.now();
      const subscription: Subscription = {
        tenant,
        id: input.id ?? newId('sub', deps.clock, deps.random),
        url: await destination(input.url, request),
        eventTypes: [...new Set(input.eventTypes ?? ['*'])],
        filter: input.filter ?? null,
        description: input.description ?? '',
        metadata: input.metadata ?? {},
        headers: input.headers ?? {},
        format: input.format ?? 'standard',
        rateLimit: input.rateLimit ?? null,
        timeoutSeconds: input.timeoutSeconds ?? null,
        retrySchedule: input.retrySchedule ?? null,
        status: input.status ?? 'active',
        statusReason: null,
        createdAt: now,
        updatedAt: now,
        secrets: [{ secret: input.secret ?? newSecret(deps.random), expiresAt: null }],
        revision: 1,
        endpointRevision: 1,
      };
      await deps.tenants.ensure(plainTenant(tenant, now));
      const outcome = await store.create(subscription);
      if (outcome === 'full' || outcome === 'origin-full') throw noRoom(outcome);
      if (outcome === 'taken') {
        throw new Problem('conflict', `The subscription id "${subscription.id}" is taken.`, [
          { pointer: '/id', detail: 'is taken' },
        ]);
      }
      return {
        status: 201,
        body: { ...(await shown(request.caller, subscription)), secret: subscription.secrets[0]?.secret },
      };
    },

    listSubscriptions: async ({ caller, query }) => {
      const tenant = tenantFor(caller, query.tenant);
      const scope = cursorScope('listSubscriptions', tenant, query);
      const { limit, after } = await pageRequest(deps.cursorKey, scope, query);
      const source = store.newestFirst(tenant, after?.[0] ?? null);
      const page = await fillPage(source, limit, wantedSubscriptions(query));
      const record = await deps.tenants.get(tenant);
      const body = await pageAnswer(
        deps.cursorKey,
        scope,
        page,
        (row) => [subscriptionPosition(row)],
        (row) => subscriptionView(caller, row, record),
      );
      return { status: 200, body };
    },

    getSubscription: async (request) => ({
      status: 200,
      body: await shown(request.caller, await find(request)),
    }),

    updateSubscription: async (request) => {
      const input = parseBody(subscriptionChange, request.body);
      await find(request);
      const url = input.url === undefined ? undefined : await destination(input.url, request);
      // Who mends an endpoint expects it to be tried at once, not when the breaker would next look.
      const isWell = url !== undefined || input.status === 'active';
      const after = await change(request, async (before) => mergeChange(before, input, url), isWell);
      return { status: 200, body: await shown(request.caller, after) };
    },

    deleteSubscription: async ({ caller, params, query }) => {
      const tenant = tenantFor(caller, query.tenant);
      if (!(await store.remove(tenant, params.id ?? ''))) throw notFound();
      return { status: 204 };
    },

    getSubscriptionSecret: async (request) => {
      const [newest] = liveSecrets(await find(request), deps.clock.now());
      if (!newest)
        throw new Problem('conflict', 'This subscription has no secret. Rotate it to get a new one.');
      return { status: 200, body: { secret: newest.secret } };
    },

    rotateSubscriptionSecret: async (request) => {
      const input = parseOptionalBody(rotation, request.body);
      const secret = input.secret ?? newSecret(deps.random);
      const after = await change(request, async (before, now) => {
        if (before.secrets.some((known) => known.secret === secret)) {
          throw invalid('This secret is in use already.', [
            { pointer: '/secret', detail: 'must be a new one' },
          ]);
        }
        return { ...before, secrets: rotated(before, secret, input.graceSeconds, now) };
      });
      const { tenant, id, revision } = after;
      await deps.operational.publish('secret.rotated', `${tenant}/${id}/${revision}`, {
        tenant,
        subscription: id,
      });
      return { status: 200, body: { secret } };
    },
  };
}

function notFound(): Problem {
  return new Problem('not-found', 'There is no such subscription.');
}

function newSecret(random: Random): string {
  return `whsec_${Buffer.from(random.bytes(SECRET_BYTES)).toString('base64')}`;
}

/** The new secret first; those that lived keep signing for the grace, the oldest beyond ten drop out. */
function rotated(
  before: Subscription,
  secret: string,
  graceSeconds = DEFAULT_GRACE_SECONDS,
  now: number,
): readonly SigningSecret[] {
  const end = now + graceSeconds * 1000;
  const old = liveSecrets(before, now)
    .map((known) => ({ ...known, expiresAt: Math.min(known.expiresAt ?? end, end) }))
    .filter((known) => known.expiresAt > now);
  return [{ secret, expiresAt: null }, ...old].slice(0, SUBSCRIPTION.maxLiveSecrets);
}
