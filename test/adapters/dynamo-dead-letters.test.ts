import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDeadLetters } from '../../adapters/dynamo-dead-letters.ts';
import { deadLettersContract } from '../contracts/dead-letters.contract.ts';
import { FakeClock } from '../support/clock.ts';
import { FakeDeadLetters } from '../support/dead-letters.ts';
import { deadLetter } from '../support/delivery-messages.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';

const DEAD_AT = deadLetter().dead.at;
const opened: DynamoStandIn[] = [];
after(() => Promise.all(opened.map((dynamo) => dynamo.close())));

async function open(
  clock = new FakeClock(0),
): Promise<{ letters: DynamoDeadLetters; dynamo: DynamoStandIn }> {
  const dynamo = await startDynamo();
  opened.push(dynamo);
  return { letters: new DynamoDeadLetters(dynamo.client, dynamo.tables.deliveries, clock), dynamo };
}

deadLettersContract('FakeDeadLetters', async () => new FakeDeadLetters());
deadLettersContract('DynamoDeadLetters', async () => (await open()).letters);

test('C071: a record expires thirty days after the death, in seconds, and is not listed after that', async () => {
  const clock = new FakeClock(DEAD_AT);
  const { letters, dynamo } = await open(clock);
  await letters.record(deadLetter(), 'dlv_5');
  const { Items = [] } = await dynamo.client.send(new ScanCommand({ TableName: dynamo.tables.deliveries }));
  assert.deepEqual(
    Items.map((item) => Number(item.ttl?.N)),
    [DEAD_AT / 1000 + 30 * 86_400],
  );
  clock.advance(30 * 86_400_000 - 1);
  assert.equal((await Array.fromAsync(letters.entries('acme', null))).length, 1);
  clock.advance(1);
  assert.deepEqual(await Array.fromAsync(letters.entries('acme', null)), []);
});
