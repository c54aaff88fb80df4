import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { DynamoManualRetries } from '../../adapters/dynamo-manual-retries.ts';
import { manualRetriesContract } from '../contracts/manual-retries.contract.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';
import { FakeManualRetries } from '../support/fake-manual-retries.ts';

const opened: DynamoStandIn[] = [];
after(() => Promise.all(opened.map((dynamo) => dynamo.close())));

async function open(): Promise<{ retries: DynamoManualRetries; dynamo: DynamoStandIn }> {
  const dynamo = await startDynamo();
  opened.push(dynamo);
  return { retries: new DynamoManualRetries(dynamo.client, dynamo.tables.deliveries), dynamo };
}

manualRetriesContract('FakeManualRetries', async () => new FakeManualRetries());
manualRetriesContract('DynamoManualRetries', async () => (await open()).retries);

test('a count goes when its window is over', async () => {
  const { retries, dynamo } = await open();
  await retries.take({ tenant: 'acme', delivery: 'dlv_1', since: 600_000, until: 1_200_000 }, 5);
  const { Items = [] } = await dynamo.client.send(new ScanCommand({ TableName: dynamo.tables.deliveries }));
  assert.deepEqual(
    Items.map(({ ttl, retries: count }) => [ttl?.N, count?.N]),
    [['1200', '1']],
  );
});
