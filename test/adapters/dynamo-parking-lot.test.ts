import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { DynamoParkingLot } from '../../adapters/dynamo-parking-lot.ts';
import { parkingLotContract } from '../contracts/parking-lot.contract.ts';
import { deliveryMessage } from '../support/delivery-messages.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';
import { FakeParkingLot } from '../support/parking-lot.ts';

const opened: DynamoStandIn[] = [];
after(() => Promise.all(opened.map((dynamo) => dynamo.close())));

async function open(): Promise<DynamoStandIn> {
  const dynamo = await startDynamo();
  opened.push(dynamo);
  return dynamo;
}

parkingLotContract('FakeParkingLot', async () => new FakeParkingLot());
parkingLotContract('DynamoParkingLot', async () => {
  const { client, tables } = await open();
  return new DynamoParkingLot(client, tables.deliveries);
});

test('C071: a parked row expires thirty days after it was due, in seconds; a cursor never does', async () => {
  const { client, tables } = await open();
  const parked = { message: deliveryMessage(), dueAt: 1_767_312_000_500 };
  await new DynamoParkingLot(client, tables.deliveries).park(parked, 0);
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tables.deliveries }));
  assert.deepEqual(Items.map((item) => item.ttl?.N).sort(), ['1769904000', undefined]);
});

test('parking looks at the cursor, and writes it only to begin it or for an earlier minute', async () => {
  const { client, tables } = await open();
  const lot = new DynamoParkingLot(client, tables.deliveries);
  const calls: string[] = [];
  client.middlewareStack.add(
    (next, context) => async (args) => {
      calls.push(context.commandName ?? '');
      return next(args);
    },
    { step: 'initialize', name: 'calls' },
  );
  for (const minutes of [20, 20, 21, 19, 20]) {
    await lot.park({ message: deliveryMessage(), dueAt: minutes * 60_000 }, 0);
  }
  assert.equal(calls.filter((name) => name === 'UpdateItemCommand').length, 2);
  assert.equal(calls.length, 12);
});

test('a parked delivery has one target', async () => {
  const { client, tables } = await open();
  const lot = new DynamoParkingLot(client, tables.deliveries);
  const message = deliveryMessage({ targets: ['sub_1', 'sub_2'] });
  await assert.rejects(lot.park({ message, dueAt: 0 }, 0), /one target/);
});
