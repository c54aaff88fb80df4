import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DeleteItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { DynamoApiKeys } from '../../adapters/dynamo-api-keys.ts';
import { QUOTA } from '../../contract/limits.ts';
import { hashToken } from '../../core/auth/token.ts';
import { type KeyQuotas, keyQuotaContract } from '../contracts/key-quota.contract.ts';
import { keyStoreContract } from '../contracts/key-store.contract.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';
import { FakeApiKeys } from '../support/fake-api-keys.ts';

let dynamo: DynamoStandIn;
before(async () => {
  dynamo = await startDynamo();
});
after(() => dynamo.close());

async function items(): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  const pages = paginateScan({ client: dynamo.client }, { TableName: dynamo.tables.subscriptions });
  for await (const page of pages) found.push(...(page.Items ?? []).map((item) => unmarshall(item)));
  return found;
}

keyStoreContract('in memory', async () => new FakeApiKeys());

keyStoreContract('in DynamoDB', empty);
keyQuotaContract('in DynamoDB', empty);

keyQuotaContract('in memory', async (quotas) => {
  const store = new FakeApiKeys();
  store.quotas = { ...QUOTA, ...quotas };
  return store;
});

async function empty(quotas: KeyQuotas = QUOTA): Promise<DynamoApiKeys> {
  for (const { pk, sk } of await items()) {
    await dynamo.client.send(
      new DeleteItemCommand({
        TableName: dynamo.tables.subscriptions,
        Key: { pk: { S: String(pk) }, sk: { S: String(sk) } },
      }),
    );
  }
  return new DynamoApiKeys(dynamo.client, dynamo.tables.subscriptions, quotas);
}

test('C071: every item of a key that expires carries its expiry in whole seconds, never early', async () => {
  const store = new DynamoApiKeys(dynamo.client, dynamo.tables.subscriptions);
  await store.create({
    id: 'key_expiring',
    name: 'expiring',
    hash: hashToken('expiring'),
    scopes: ['admin'],
    tenant: null,
    madeBy: [],
    createdAt: 1_767_323_045_678,
    expiresAt: 1_767_323_099_001,
  });
  const stored = (await items()).filter((item) => item.id === 'key_expiring');
  assert.deepEqual(
    stored.map((item) => item.ttl),
    [1_767_323_100, 1_767_323_100, 1_767_323_100],
  );
});
