import { SUBSCRIPTION } from '../../contract/limits.ts';
import { tenantFor } from '../api-key.ts';
import type { Random } from '../clock.ts';
import type { DestinationPolicy } from '../dispatch/destination-url.ts';
import { newId } from '../id.ts';
import type { OperationalEvents } from '../operational-events.ts';
import { Problem } from '../problem.ts';
import { liveSecrets, type SigningSecret, type Subscription } from '../subscription.ts';
import { refuseReservedTenant } from '../system-tenant.ts';
import { invalid, parseBody, parseOptionalBody } from './body.ts';
import { cursorScope } from './cursor.ts';
import { checkDestination, type Resolver } from './destination-check.ts';
import {
  askEndpoint,
  type EndpointProofDeps,
  NOT_ASKED,
  notProven,
  proven,
  refuseSoon,
  refuseUnproven,
} from './endpoint-proof.ts';
import type { ApiRequest, Operations } from './operation.ts';
import { type ListDeps, pageRequest, readPage } from './page.ts';
import {
  type Change,
  noSubscription,
  SubscriptionChanges,
  type SubscriptionChangesDeps,
} from './subscription-changes.ts';
import { wantedSubscriptions } from './subscription-filters.ts';
import { newSubscription, rotation, subscriptionChange } from './subscription-input.ts';
import { mergeChange } from './subscription-merge.ts';
import { subscriptionPosition } from './subscription-store.ts';
import { subscriptionView } from './subscription-view.ts';
import { plainTenant } from './tenant-store.ts';
import { type TestLeaseDeps, underLease } from './test-leases.ts';
import { settle } from './verify-operation.ts';

export interface SubscriptionOperationsDeps
  extends SubscriptionChangesDeps,
    EndpointProofDeps,
    TestLeaseDeps,
    ListDeps {
  /** Whether an endpoint has to prove that it wants us before it is sent anything. */
  readonly verifyEndpoints: boolean;
  readonly resolver: Resolver;
  readonly policy: DestinationPolicy;
  readonly operational: OperationalEvents;
}

/** Bytes of a generated secret: 256 bits. */
const SECRET_BYTES = 32;
const DEFAULT_GRACE_SECONDS = 86_400;

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
  const changes = new SubscriptionChanges(deps);

  /** Answers the URL's normal form. Throws a 400 `Problem` for a place that must not be a destination. */
  function destination(url: string, { host }: ApiRequest): Promise<string> {
    const { hosts = [], receiverPath = null } = deps.policy.own ?? {};
    const own = { hosts: [...hosts, host], receiverPath };
    return checkDestination(url, { ...deps.policy, own }, deps.resolver);
  }

  /** What is stored, and if it has to prove that it wants us, what became of that. */
  async function create(request: ApiRequest, subscription: Subscription): Promise<Subscription> {
    const { createdAt: now } = subscription;
    const first = deps.verifyEndpoints ? notProven(subscription, NOT_ASKED, now) : subscription;
    const outcome = await store.create(first);
    if (outcome === 'full' || outcome === 'origin-full') throw changes.noRoom(outcome);
    if (outcome === 'taken') {
      throw new Problem('conflict', `The subscription id "${subscription.id}" is taken.`, [
        { pointer: '/id', detail: 'is taken' },
      ]);
    }
    if (!deps.verifyEndpoints) return first;
    const { tenant, id } = first;
    const named = { ...request, query: { tenant }, params: { id } };
    return settle(changes, named, first, await askEndpoint(deps, first));
  }

  /** What its endpoint has proven before it is sent to another URL; null: nothing is to be proven. */
  async function proofOf(
    before: Subscription,
    after: Subscription,
  ): Promise<{ readonly reason: string | null } | null> {
    if (!deps.verifyEndpoints || after.url === before.url) return null;
    refuseSoon(before, deps.clock.now());
    return underLease(deps, before.tenant, async () => ({ reason: await askEndpoint(deps, after) }));
  }

  return {
    createSubscription: async (request) => {
      const input = parseBody(newSubscription, request.body);
      const tenant = tenantFor(request.caller, input.tenant);
      refuseReservedTenant(tenant, 'invalid-request');
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
      const made = deps.verifyEndpoints
        ? await underLease(deps, tenant, () => create(request, subscription))
        : await create(request, subscription);
      const body = await changes.shown(request.caller, made);
      return { status: 201, body: { ...body, secret: subscription.secrets[0]?.secret } };
    },

    listSubscriptions: async ({ caller, query }) => {
      const tenant = tenantFor(caller, query.tenant);
      const scope = cursorScope('listSubscriptions', tenant, query);
      const { limit, after } = await pageRequest(deps.cursorKey, scope, query);
      const wanted = wantedSubscriptions(query);
      const record = await deps.tenants.get(tenant);
      const body = await readPage(deps, scope, {
        source: store.newestFirst(tenant, after?.[0] ?? null),
        limit,
        wanted,
        positionOf: (row) => [subscriptionPosition(row)],
        view: (row) => subscriptionView(caller, row, record),
      });
      return { status: 200, body };
    },

    getSubscription: async (request) => ({
      status: 200,
      body: await changes.shown(request.caller, await changes.find(request)),
    }),

    updateSubscription: async (request) => {
      const input = parseBody(subscriptionChange, request.body);
      const first = await changes.find(request);
      const url = input.url === undefined ? undefined : await destination(input.url, request);
      const proof = await proofOf(first, mergeChange(first, input, url));
      // Who mends an endpoint expects it to be tried at once, not when the breaker would next look.
      const isWell = url !== undefined || input.status === 'active';
      const change: Change = (before, now) => {
        const merged = proofed(mergeChange(before, input, url), proof, now);
        if (input.status === 'active' && !deps.verifyEndpoints) return proven(merged);
        if (input.status === 'active') refuseUnproven(merged);
        return merged;
      };
      return {
        status: 200,
        body: await changes.shown(request.caller, await changes.change(request, change, isWell)),
      };
    },

    deleteSubscription: async ({ caller, params, query }) => {
      const tenant = tenantFor(caller, query.tenant);
      if (!(await store.remove(tenant, params.id ?? ''))) throw noSubscription();
      return { status: 204 };
    },

    getSubscriptionSecret: async (request) => {
      const [newest] = liveSecrets(await changes.find(request), deps.clock.now());
      if (!newest)
        throw new Problem('conflict', 'This subscription has no secret. Rotate it to get a new one.');
      return { status: 200, body: { secret: newest.secret } };
    },

    rotateSubscriptionSecret: async (request) => {
      const input = parseOptionalBody(rotation, request.body);
      const secret = input.secret ?? newSecret(deps.random);
      const after = await changes.change(request, (before, now) => {
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

/** A subscription with what the endpoint of its new URL proved. */
function proofed(
  subscription: Subscription,
  proof: { readonly reason: string | null } | null,
  now: number,
): Subscription {
  if (proof === null) return subscription;
  return proof.reason === null ? proven(subscription) : notProven(subscription, proof.reason, now);
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
