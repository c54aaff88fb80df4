import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoSubscriptionDirectory } from '../../adapters/dynamo-subscription-directory.ts';
import { DynamoSubscriptions } from '../../adapters/dynamo-subscriptions.ts';
import { QUOTA } from '../../contract/limits.ts';
import type { SubscriptionDirectory } from '../../core/fan-out/ports.ts';
import type { SubscriptionExistence } from '../../core/redrive/ports.ts';
import {
  type SubscriptionQuotas,
  subscriptionQuotaContract,
} from '../contracts/subscription-quota.contract.ts';
import { subscriptionStoreContract } from '../contracts/subscription-store.contract.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';
import { FakeSealer } from '../support/fake-sealer.ts';
import { interpose } from '../support/interpose.ts';
import { SECRET, subscription } from '../support/subscription.ts';

const running: DynamoStandIn[] = [];

async function open(
  quotas: SubscriptionQuotas = QUOTA,
): Promise<DynamoSubscriptions & SubscriptionDirectory & SubscriptionExistence> {
  const dynamo = await startDynamo();
  running.push(dynamo);
  const table = dynamo.tables.subscriptions;
  const store = new DynamoSubscriptions(dynamo.client, table, new FakeSealer(), quotas);
  const directory = new DynamoSubscriptionDirectory(dynamo.client, table);
  return Object.assign(store, {
    version: (tenant: string) => directory.version(tenant),
    interests: (tenant: string, after: string | null) => directory.interests(tenant, after),
    existing: (tenant: string, ids: readonly string[]) => directory.existing(tenant, ids),
  });
}

after(async () => {
  await Promise.all(running.map((dynamo) => dynamo.close()));
});

subscriptionStoreContract('DynamoDB', open);
subscriptionQuotaContract('DynamoDB', open);

test('neither a secret nor a header value can be read in the table', async () => {
  const store = await open();
  await store.create(subscription({ headers: { 'X-Api-Key': 'hush-hush' } }));
  const { client, tables } = running.at(-1) as DynamoStandIn;
  const Key = { pk: { S: 'T#acme' }, sk: { S: 'SUB#sub_1' } };
  const { Item } = await client.send(new GetItemCommand({ TableName: tables.subscriptions, Key }));
  assert.doesNotMatch(JSON.stringify(Item), /hush-hush/);
  assert.ok(!JSON.stringify(Item).includes(SECRET));
});

test('C055: a row whose sealed part is damaged or missing has no secret, and does not spoil the others', async () => {
  const store = await open();
  const { client, tables } = running.at(-1) as DynamoStandIn;
  for (const id of ['good', 'damaged', 'missing']) await store.create(subscription({ id }));
  for (const [id, change] of [
    ['damaged', 'SET sealed = :text'],
    ['missing', 'REMOVE sealed'],
  ] as const) {
    await client.send(
      new UpdateItemCommand({
        TableName: tables.subscriptions,
        Key: { pk: { S: 'T#acme' }, sk: { S: `SUB#${id}` } },
        UpdateExpression: change,
        ...(id === 'damaged' ? { ExpressionAttributeValues: { ':text': { S: 'AAAA' } } } : {}),
      }),
    );
  }
  const loaded = await store.load('acme', ['good', 'damaged', 'missing']);
  assert.deepEqual(loaded.get('good')?.secrets.length, 1);
  assert.deepEqual(loaded.get('damaged')?.secrets, []);
  assert.deepEqual(loaded.get('missing')?.secrets, []);
});

test('what a cheap read does not find is looked for consistently before it counts as deleted', async () => {
  const store = await open();
  const { client } = running.at(-1) as DynamoStandIn;
  await store.create(subscription({ id: 'old' }));
  await store.create(subscription({ id: 'new' }));
  const asked: (readonly [consistent: boolean | undefined, ids: number])[] = [];
  // A replica that has not heard of the newest one yet.
  const stop = interpose<BatchGetItemCommandInput, BatchGetItemCommandOutput>(client, async (call) => {
    const output = await call.pass();
    const [[table, request] = ['', undefined]] = Object.entries(call.input.RequestItems ?? {});
    asked.push([request?.ConsistentRead, request?.Keys?.length ?? 0]);
    if (request?.ConsistentRead === true) return output;
    const seen = (output.Responses?.[table] ?? []).filter((item) => item.id?.S !== 'new');
    return { ...output, Responses: { [table]: seen } };
  });
  const found = await store.load('acme', ['old', 'new', 'gone']);
  stop();
  assert.deepEqual([...found.keys()].sort(), ['new', 'old']);
  // The tenant's own item comes along each time.
  assert.deepEqual(asked, [
    [false, 3 + 1],
    [true, 2 + 1],
  ]);
});
