import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDeliveryLog } from '../../adapters/dynamo-delivery-log.ts';
import { RETENTION } from '../../contract/limits.ts';
import { deliveryLogContract } from '../contracts/delivery-log.contract.ts';
import { FakeClock } from '../support/clock.ts';
import { attemptResult, deliveryRow, listedRow } from '../support/delivery-rows.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';

const EVERYTHING = { since: null, until: null, before: null };
const running: DynamoStandIn[] = [];
let clock: FakeClock;

async function open(): Promise<DynamoDeliveryLog> {
  const dynamo = await startDynamo();
  running.push(dynamo);
  return new DynamoDeliveryLog(dynamo.client, dynamo.tables.deliveries, { clock });
}

before(() => {
  clock = new FakeClock();
});
after(async () => {
  await Promise.all(running.map((dynamo) => dynamo.close()));
});

deliveryLogContract('DynamoDB', open);

test('C071: a row expires 30 days after its attempt, in seconds, and is not shown from then on', async () => {
  const log = await open();
  const row = deliveryRow();
  await log.append([row]);
  const { client, tables } = running.at(-1) as DynamoStandIn;
  const { Item } = await client.send(
    new GetItemCommand({
      TableName: tables.deliveries,
      Key: { pk: { S: 'E#acme#evt_1#0' }, sk: { S: `${row.delivery}#0001#0#retrying` } },
    }),
  );
  assert.equal(Item?.ttl?.N, String(Math.floor(row.at / 1000) + RETENTION.recordSeconds));
  assert.equal((await log.rowsOf(row)).length, 1);
  const listed = () => Array.fromAsync(log.ofSubscription(row.tenant, row.subscription, EVERYTHING));
  assert.equal((await listed()).length, 1);
  clock.advance(RETENTION.recordSeconds * 1000 + 60_000);
  assert.deepEqual(await log.rowsOf(row), []);
  assert.deepEqual(await listed(), []);
});

test('C068: a row with the longest answer that is kept stays far below the limit of an item', async () => {
  clock = new FakeClock();
  const log = await open();
  const row = deliveryRow({
    result: attemptResult({ responseBody: '\u0000'.repeat(16 * 1024), responseTruncated: true }),
  });
  await log.append([row]);
  assert.deepEqual(await Array.fromAsync(log.wholeRows(row, 1, 1)), [[row]]);
  assert.deepEqual(await log.rowsOf(row), [listedRow(row)]);
});
