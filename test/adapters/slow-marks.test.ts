import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoHealth } from '../../adapters/dynamo-health.ts';
import { DynamoSubscriptionDirectory } from '../../adapters/dynamo-subscription-directory.ts';
import { DynamoSubscriptions } from '../../adapters/dynamo-subscriptions.ts';
import type { Subscription } from '../../core/subscription.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';
import { FakeSealer } from '../support/fake-sealer.ts';
import { interpose } from '../support/interpose.ts';
import { subscription } from '../support/subscription.ts';

const NOW = 1_767_323_045_678;
const UNTIL = NOW + 600_000;

let dynamo: DynamoStandIn;
before(async () => {
  dynamo = await startDynamo();
});
after(() => dynamo.close());

async function made(tenant: string, ids: readonly string[]) {
  const table = dynamo.tables.subscriptions;
  const store = new DynamoSubscriptions(dynamo.client, table, new FakeSealer());
  const rows = ids.map((id) => subscription({ tenant, id }));
  for (const row of rows) await store.create(row);
  const directory = new DynamoSubscriptionDirectory(dynamo.client, table);
  const health = () => new DynamoHealth(dynamo.client, table);
  const marks = async () => (await directory.version(tenant)).slow;
  return { store, rows, health, marks };
}

async function bytesOfVersion(tenant: string): Promise<number> {
  const Key = { pk: { S: `T#${tenant}` }, sk: { S: 'VERSION' } };
  const { Item = {} } = await dynamo.client.send(
    new GetItemCommand({ TableName: dynamo.tables.subscriptions, Key }),
  );
  return Object.entries(Item).reduce((sum, [name, { S = '' }]) => sum + name.length + S.length + 9, 0);
}

test('however many are slow and however long their ids, the item fan-out reads stays one read unit, and all are known to dispatch', async () => {
  const ids = Array.from({ length: 100 }, (_, i) => `${String(i).padStart(4, '0')}${'x'.repeat(124)}`);
  const { rows, health, marks } = await made('many', ids);
  await health().slow(rows, UNTIL, NOW);
  assert.ok((await marks()).size >= 20);
  assert.ok((await bytesOfVersion('many')) <= 4_096);
  assert.equal((await health().load('many', ids)).size, 100);
});

test('marks whose time is over make room for others', async () => {
  const ids = Array.from({ length: 60 }, (_, i) => `${String(i).padStart(4, '0')}${'x'.repeat(124)}`);
  const { rows, health, marks } = await made('room', ids);
  await health().slow(rows.slice(0, 30), UNTIL, NOW);
  const before = [...(await marks()).keys()];
  await health().slow(rows.slice(30), UNTIL + 600_000, UNTIL);
  const after = [...(await marks()).keys()];
  assert.ok(after.length >= 20);
  assert.deepEqual(
    after.filter((id) => before.includes(id)),
    [],
  );
});

test('twenty environments that see the same endpoints hang at the same time mark each of them, and none too many', async () => {
  const ids = Array.from({ length: 25 }, (_, i) => `sub_${i}`);
  const { rows, health, marks } = await made('crowd', ids);
  await Promise.all(Array.from({ length: 20 }, () => health().slow(rows, UNTIL, NOW)));
  assert.deepEqual([...(await marks()).keys()].sort(), [...ids].sort());
});

test('what others marked a moment ago costs a read and no write', async () => {
  const { rows, health } = await made('again', ['sub_1', 'sub_2']);
  await health().slow(rows, UNTIL, NOW);
  const calls: string[] = [];
  const stop = interpose(dynamo.client, async (call) => {
    calls.push(call.command);
    return call.pass() as Promise<object>;
  });
  await health().slow(rows, UNTIL + 5_000, NOW + 5_000);
  stop();
  assert.deepEqual(calls, ['GetItemCommand']);
});

test('one that is gone or leads elsewhere does not keep the others from being marked', async () => {
  const { store, rows, health, marks } = await made('mixed', ['sub_1', 'sub_2', 'sub_3']);
  const [first, second, third] = rows as [Subscription, Subscription, Subscription];
  await store.remove('mixed', 'sub_1');
  await store.replace(second, { ...second, url: 'https://new.example/', revision: 2, endpointRevision: 2 });
  await health().slow([first, second, third], UNTIL, NOW);
  assert.deepEqual([...(await marks()).keys()], ['sub_3']);
  assert.deepEqual([...(await health().load('mixed', ['sub_1', 'sub_2', 'sub_3'])).keys()], ['sub_3']);
});
