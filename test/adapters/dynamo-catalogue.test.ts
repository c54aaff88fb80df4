import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DynamoEventTypes } from '../../adapters/dynamo-event-types.ts';
import { DynamoSubscriptions } from '../../adapters/dynamo-subscriptions.ts';
import { DynamoTenants } from '../../adapters/dynamo-tenants.ts';
import { plainTenant } from '../../core/manage/tenant-store.ts';
import { eventTypeStoreContract } from '../contracts/event-type-store.contract.ts';
import { tenantStoreContract } from '../contracts/tenant-store.contract.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';
import { FakeEventTypes } from '../support/fake-event-types.ts';
import { FakeSealer } from '../support/fake-sealer.ts';
import { FakeTenants } from '../support/fake-tenants.ts';
import { subscription } from '../support/subscription.ts';

let dynamo: DynamoStandIn;
before(async () => {
  dynamo = await startDynamo();
});
after(() => dynamo.close());

eventTypeStoreContract('in memory', () => new FakeEventTypes());
eventTypeStoreContract('in DynamoDB', () => new DynamoEventTypes(dynamo.client, dynamo.tables.subscriptions));
tenantStoreContract('in memory', () => new FakeTenants());
tenantStoreContract('in DynamoDB', () => new DynamoTenants(dynamo.client, dynamo.tables.subscriptions));

test("dispatch is given a tenant's schedule for those subscriptions that have none, a hundred at once", async () => {
  const { client, tables } = dynamo;
  const store = new DynamoSubscriptions(client, tables.subscriptions, new FakeSealer());
  const ids = Array.from({ length: 100 }, (_, i) => `s${i}`);
  for (const id of ids) {
    await store.create(subscription({ tenant: 'many', id, retrySchedule: id === 's5' ? [1] : null }));
  }
  assert.equal((await store.load('many', ids)).get('s4')?.retrySchedule, null);
  const tenants = new DynamoTenants(client, tables.subscriptions);
  await tenants.ensure(plainTenant('many', 1));
  await tenants.replace({ ...plainTenant('many', 1), retrySchedule: [7, 8] });
  const loaded = await store.load('many', ids);
  assert.equal(loaded.size, 100);
  assert.deepEqual([loaded.get('s4')?.retrySchedule, loaded.get('s5')?.retrySchedule], [[7, 8], [1]]);
  // What manage reads is what was written, so that a PATCH does not make the tenant's schedule its own.
  assert.equal((await store.get('many', 's4'))?.retrySchedule, null);
});
