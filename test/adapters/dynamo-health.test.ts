import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DynamoHealth } from '../../adapters/dynamo-health.ts';
import { DynamoPace } from '../../adapters/dynamo-pace.ts';
import { DynamoSubscriptionDirectory } from '../../adapters/dynamo-subscription-directory.ts';
import { DynamoSubscriptionSwitch } from '../../adapters/dynamo-subscription-switch.ts';
import { DynamoSubscriptions } from '../../adapters/dynamo-subscriptions.ts';
import type { SubscriptionSwitch } from '../../core/dispatch/ports.ts';
import type { EndpointVersion } from '../../core/subscription.ts';
import { healthStoreContract } from '../contracts/health-store.contract.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';
import { FakeHealth } from '../support/fake-health.ts';
import { FakeSealer } from '../support/fake-sealer.ts';
import { FakeSubscriptions } from '../support/fake-subscriptions.ts';
import { interpose } from '../support/interpose.ts';
import { subscription } from '../support/subscription.ts';

let dynamo: DynamoStandIn;
const others: DynamoStandIn[] = [];
before(async () => {
  dynamo = await startDynamo();
});
after(() => Promise.all([dynamo, ...others].map((one) => one.close())));

healthStoreContract('DynamoDB', async () => {
  const own = await startDynamo();
  others.push(own);
  const { client, tables } = own;
  const table = tables.subscriptions;
  const directory = new DynamoSubscriptionDirectory(client, table);
  const store = new DynamoSubscriptions(client, table, new FakeSealer());
  const off = new DynamoSubscriptionSwitch(client, table);
  return {
    health: new DynamoHealth(client, table),
    pace: new DynamoPace(client, table),
    store: Object.assign(store, {
      version: (tenant: string) => directory.version(tenant),
      disable: (...args: Parameters<SubscriptionSwitch['disable']>) => off.disable(...args),
      isStill: (endpoint: EndpointVersion) => off.isStill(endpoint),
    }),
  };
});

healthStoreContract('in memory', async () => {
  const store = new FakeSubscriptions();
  const health = new FakeHealth(store);
  return { health, pace: health, store };
});

/** Ids that sort in order. */
const ids = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `sub_${String(i).padStart(4, '0')}`);

async function fail(health: DynamoHealth, tenant: string, all: readonly string[]): Promise<void> {
  const store = new DynamoSubscriptions(dynamo.client, dynamo.tables.subscriptions, new FakeSealer());
  for (const id of all) {
    const endpoint = subscription({ tenant, id });
    await store.create(endpoint);
    await health.failed({ endpoint, event: 'e', now: 1 });
  }
}

/** Names the calls made while it works. */
async function callsOf<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly calls: string[] }> {
  const calls: string[] = [];
  const stop = interpose(dynamo.client, async (call) => {
    calls.push(call.command);
    return call.pass() as Promise<object>;
  });
  const result = await work();
  stop();
  return { result, calls };
}

test('the health of a hundred subscriptions that are well is read at the price of one item', async () => {
  const health = new DynamoHealth(dynamo.client, dynamo.tables.subscriptions);
  const { result, calls } = await callsOf(() => health.load('well', ids(100)));
  assert.equal(result.size, 0);
  assert.deepEqual(calls, ['QueryCommand']);
});

test('those that fail are found among the others, and nobody who was not asked about', async () => {
  const health = new DynamoHealth(dynamo.client, dynamo.tables.subscriptions);
  const all = ids(40);
  await fail(health, 'some', ['sub_0000', 'sub_0007', 'sub_0020', 'sub_0039']);
  await fail(health, 'others', ['sub_0008']);
  const asked = all.filter((id) => id !== 'sub_0020');
  const found = await health.load('some', asked.reverse());
  assert.deepEqual([...found.keys()].sort(), ['sub_0000', 'sub_0007', 'sub_0039']);
  assert.equal(found.get('sub_0007')?.failures, 1);
});

test('few are asked for one by one, whatever lies between them', async () => {
  const health = new DynamoHealth(dynamo.client, dynamo.tables.subscriptions);
  await fail(health, 'few', ids(3));
  const { result, calls } = await callsOf(() => health.load('few', ['sub_0000', 'sub_0002']));
  assert.deepEqual([...result.keys()].sort(), ['sub_0000', 'sub_0002']);
  assert.deepEqual(calls, ['BatchGetItemCommand']);
});

test('where more fail than fit a page, none is overlooked', async () => {
  const health = new DynamoHealth(dynamo.client, dynamo.tables.subscriptions);
  const all = ids(60);
  await fail(health, 'ill', all);
  const found = await health.load('ill', all);
  assert.deepEqual([...found.keys()].sort(), all);
});
