import { after, before } from 'node:test';
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoTestLeases } from '../../adapters/dynamo-test-leases.ts';
import { testLeasesContract } from '../contracts/test-leases.contract.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';
import { FakeTestLeases } from '../support/fake-test-leases.ts';

let dynamo: DynamoStandIn;
before(async () => {
  dynamo = await startDynamo();
});
after(() => dynamo.close());

testLeasesContract('in memory', async (quotas) => new FakeTestLeases(quotas));

testLeasesContract('in DynamoDB', async (quotas) => {
  const { client, tables } = dynamo;
  const Key = { pk: { S: 'LEASES' }, sk: { S: 'TESTS' } };
  await client.send(new DeleteItemCommand({ TableName: tables.subscriptions, Key }));
  return new DynamoTestLeases(client, tables.subscriptions, quotas);
});
