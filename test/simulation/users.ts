import { QUOTA } from '../../contract/limits.ts';
import { subscriptionOperations } from '../../core/manage/subscription-operations.ts';
import { OperationalEvents } from '../../core/operational-events.ts';
import { Problem } from '../../core/problem.ts';
import { silentLog } from '../support/fake-log.ts';
import { FakeTenants } from '../support/fake-tenants.ts';
import { FakeTestLeases } from '../support/fake-test-leases.ts';
import { SimulatedSubscriptionStore } from './subscription-store.ts';
import { through, Worker } from './worker.ts';
import type { World } from './world.ts';

type Operation =
  | 'createSubscription'
  | 'updateSubscription'
  | 'deleteSubscription'
  | 'rotateSubscriptionSecret';

/** What a call is about. */
export interface Named {
  readonly tenant: string;
  readonly id: string;
}

/** Whoever calls the API gives up then. */
const MAX_CALLS = 50;
const ADMIN = { keyId: 'key', scopes: ['admin'], tenant: null, lineage: [], expiresAt: null } as const;

/**
 * Calls an operation of the API, the real one over this world's subscriptions, and again until it answers. What it
 * refuses is an answer too: the subscription may be gone, or made by a call whose answer was lost.
 */
export async function callApi(
  world: World,
  operation: Operation,
  { tenant, id }: Named,
  body: unknown = {},
): Promise<void> {
  for (let call = 0; call < MAX_CALLS; call++) {
    if (await once(world, operation, { tenant, id }, body)) return;
    await world.time.sleep(world.time.between(500, 5_000));
  }
}

/** Deletes a subscription and makes another under its id. */
export async function makeAnew(world: World, { tenant, id }: Named, fields: object): Promise<void> {
  await callApi(world, 'deleteSubscription', { tenant, id });
  await callApi(world, 'createSubscription', { tenant, id }, { tenant, id, ...fields });
}

function once(world: World, operation: Operation, { tenant, id }: Named, body: unknown): Promise<boolean> {
  const died = Promise.withResolvers<boolean>();
  const worker = new Worker(world.time, world.faults, 10_000, () => died.resolve(false));
  const request = {
    caller: ADMIN,
    params: { id },
    query: { tenant },
    body: Buffer.from(JSON.stringify(body)),
    requestId: 'req',
    host: 'api.example',
  };
  const work = operationsOf(world, worker)
    [operation](request)
    .then(
      () => true,
      (error: unknown) => {
        if (!(error instanceof Problem) || error.status >= 500) return false;
        if (error.status !== 404 && error.status !== 409) world.errors.push(`${operation}: ${error.message}`);
        return true;
      },
    )
    .finally(() => worker.finish());
  return Promise.race([died.promise, work]);
}

function operationsOf(world: World, worker: Worker) {
  const of = () => worker;
  const clock = world.clock();
  const queue = through(of, { send: world.queues.events.send.bind(world.queues.events) });
  return subscriptionOperations({
    store: through(of, new SimulatedSubscriptionStore(world.subscriptions)),
    tenants: through(of, new FakeTenants()),
    quotas: QUOTA,
    clock,
    random: world.time.random,
    verifyEndpoints: false,
    destination: world.endpoints.seenBy(worker),
    version: '0',
    leases: new FakeTestLeases(QUOTA),
    log: silentLog,
    resolver: { addresses: async () => [] },
    policy: { allowLoopback: false, internalEndpoints: [] },
    cursorKey: async () => new Uint8Array(32),
    operational: new OperationalEvents({ queue, clock, log: silentLog }),
  });
}
