import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  TransactionInProgressException,
  type TransactWriteItemsCommandInput,
  type TransactWriteItemsCommandOutput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoApiKeys } from '../../adapters/dynamo-api-keys.ts';
import { DynamoSubscriptions } from '../../adapters/dynamo-subscriptions.ts';
import type { KeyRecord } from '../../core/auth/ports.ts';
import { hashToken } from '../../core/auth/token.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';
import { FakeSealer } from '../support/fake-sealer.ts';
import { interpose } from '../support/interpose.ts';
import { subscription } from '../support/subscription.ts';

let dynamo: DynamoStandIn;
before(async () => {
  dynamo = await startDynamo();
});
after(() => dynamo.close());

const NOW = 1_767_323_045_678;

function subscriptions(perTenant: number, perOrigin: number): DynamoSubscriptions {
  return new DynamoSubscriptions(dynamo.client, dynamo.tables.subscriptions, new FakeSealer(), {
    subscriptionsPerTenant: perTenant,
    subscriptionsPerOrigin: perOrigin,
  });
}

function at(tenant: string, host: string, id: string) {
  return subscription({ tenant, id, url: `https://${host}.example/` });
}

/** Counts of a tenant: of its version, then of its origins, as they are stored. */
async function counts(tenant: string): Promise<{ held: number | null; origins: readonly number[] }> {
  const TableName = dynamo.tables.subscriptions;
  const Key = { pk: { S: `T#${tenant}` }, sk: { S: 'VERSION' } };
  const { Item } = await dynamo.client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  const pages = paginateQuery(
    { client: dynamo.client },
    {
      TableName,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :origin)',
      ExpressionAttributeValues: { ':pk': { S: `T#${tenant}` }, ':origin': { S: 'ORIGIN#' } },
      ConsistentRead: true,
    },
  );
  const origins: number[] = [];
  for await (const { Items = [] } of pages) origins.push(...Items.map((item) => Number(item.held?.N)));
  return { held: Item?.held?.N === undefined ? null : Number(Item.held.N), origins: origins.sort() };
}

/** A tenant as it was written before there were counts: rows and a version, nothing else. */
async function fromBefore(tenant: string, hosts: readonly string[]): Promise<void> {
  const store = subscriptions(1_000, 1_000);
  for (const [i, host] of hosts.entries()) await store.create(at(tenant, host, `old${i}`));
  const TableName = dynamo.tables.subscriptions;
  await dynamo.client.send(
    new UpdateItemCommand({
      TableName,
      Key: { pk: { S: `T#${tenant}` }, sk: { S: 'VERSION' } },
      UpdateExpression: 'REMOVE held',
    }),
  );
}

test('subscriptions from before there was a count are counted once, by whoever writes first, at whatever time', async () => {
  const hosts = ['a', 'a', 'b', 'c', 'c', 'c'];
  for (const [tenant, write] of [
    ['create', (s: DynamoSubscriptions) => s.create(at('create', 'd', 'new'))],
    ['remove', (s: DynamoSubscriptions) => s.remove('remove', 'old0')],
    [
      'move',
      (s: DynamoSubscriptions) =>
        s.replace(at('move', 'a', 'old0'), { ...at('move', 'd', 'old0'), revision: 2 }),
    ],
  ] as const) {
    await fromBefore(tenant, hosts);
    await write(subscriptions(100, 100));
    const expected = {
      create: { held: 7, origins: [1, 1, 2, 3] },
      remove: { held: 5, origins: [1, 1, 3] },
      move: { held: 6, origins: [1, 1, 1, 3] },
    }[tenant];
    assert.deepEqual(await counts(tenant), expected, tenant);
  }
});

test('while a tenant is counted, others create, remove and move, and nothing is counted twice or not at all', async () => {
  await fromBefore(
    'busy',
    Array.from({ length: 150 }, (_, i) => `h${i % 120}`),
  );
  const store = subscriptions(1_000, 1_000);
  await Promise.all([
    ...Array.from({ length: 8 }, (_, i) => store.create(at('busy', `new${i % 2}`, `new${i}`))),
    ...Array.from({ length: 8 }, (_, i) => store.remove('busy', `old${i}`)),
    ...Array.from({ length: 8 }, (_, i) =>
      store.replace(at('busy', `h${i + 20}`, `old${i + 20}`), {
        ...at('busy', 'moved', `old${i + 20}`),
        revision: 2,
      }),
    ),
  ]);
  const rows = (await Array.fromAsync(store.newestFirst('busy', null))).flat();
  const byOrigin = [...Map.groupBy(rows, ({ url }) => url).values()].map((all) => all.length);
  const { held, origins } = await counts('busy');
  assert.equal(held, rows.length);
  assert.equal(rows.length, 150);
  assert.deepEqual([...origins].sort(), byOrigin.sort());
});

test('a tenant from before that has more than it may keeps them, changes them, and makes no more', async () => {
  await fromBefore('over', ['a', 'a', 'a', 'b']);
  const store = subscriptions(3, 2);
  assert.equal(await store.create(at('over', 'z', 'new')), 'full');
  const first = at('over', 'a', 'old0');
  assert.equal(await store.replace(first, { ...first, description: 'x', revision: 2 }), 'replaced');
  const last = at('over', 'b', 'old3');
  assert.equal(await store.replace(last, { ...last, url: 'https://a.example/', revision: 2 }), 'origin-full');
  for (const id of ['old0', 'old1']) assert.equal(await store.remove('over', id), true);
  assert.equal(await store.create(at('over', 'z', 'new')), 'created');
});

test('a create whose answer was lost is made and counted once, and says that it was made', async () => {
  const store = subscriptions(10, 10);
  await store.create(at('lost', 'a', 'first'));
  let struck = false;
  const stop = interpose<TransactWriteItemsCommandInput, TransactWriteItemsCommandOutput>(
    dynamo.client,
    async (call) => {
      const output = await call.pass();
      if (struck || call.command !== 'TransactWriteItemsCommand') return output;
      struck = true;
      throw new TransactionInProgressException({ message: 'still at it', $metadata: {} });
    },
  );
  assert.equal(await store.create(at('lost', 'a', 'second')), 'created');
  stop();
  assert.ok(struck);
  assert.deepEqual(await counts('lost'), { held: 2, origins: [2] });
});

test('what a tenant leaves behind when all its subscriptions are gone is its version alone', async () => {
  const store = subscriptions(10, 10);
  for (const id of ['a', 'b', 'c']) await store.create(at('gone', id === 'c' ? 'y' : 'x', id));
  await Promise.all(['a', 'b', 'c'].map((id) => store.remove('gone', id)));
  assert.deepEqual(await counts('gone'), { held: 0, origins: [] });
});

test('a portal session from before there was a count is counted, and a key from before can be removed', async () => {
  const table = dynamo.tables.subscriptions;
  const put = (pk: string, sk: string, record: KeyRecord) =>
    dynamo.client.send(
      new PutItemCommand({
        TableName: table,
        Item: {
          pk: { S: pk },
          sk: { S: sk },
          id: { S: record.id },
          name: { S: record.name },
          hash: { S: record.hash },
          scopes: { L: [] },
          ...(record.tenant === null ? { tenant: { NULL: true } } : { tenant: { S: record.tenant } }),
          createdAt: { N: String(record.createdAt) },
          expiresAt: record.expiresAt === null ? { NULL: true } : { N: String(record.expiresAt) },
        },
      }),
    );
  const session = key('s-old', { expiresAt: NOW + 600_000 });
  await put(`KEY#${session.hash}`, 'KEY', session);
  await put(`SESSION#${session.id}`, 'KEY', session);
  await put('T#old', `SESSION#${session.id}`, session);
  const old = key('k-old', {});
  await put(`KEY#${old.hash}`, 'KEY', old);
  await put('KEYS', old.id, old);
  const store = new DynamoApiKeys(dynamo.client, table, { keysPerTenant: 1, portalSessionsPerTenant: 1 });
  assert.deepEqual(await store.createSession(key('s-new', {})), { kind: 'full', until: NOW + 600_000 });
  await store.remove(session, NOW);
  assert.equal((await store.createSession(key('s-new', {}))).kind, 'room');
  assert.equal((await store.create(key('k-new', {}))).kind, 'room');
  await store.remove(old, NOW);
  assert.equal(await store.get(old.id), null);
  assert.equal((await store.create(key('k-more', {}))).kind, 'full');
});

function key(id: string, fields: Partial<KeyRecord>): KeyRecord {
  return {
    id,
    name: id,
    hash: hashToken(id),
    scopes: [],
    tenant: 'old',
    madeBy: [],
    createdAt: NOW,
    expiresAt: null,
    ...fields,
  };
}
