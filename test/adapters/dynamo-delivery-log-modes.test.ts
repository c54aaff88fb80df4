import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { isPacked } from '../../adapters/aws/packed-item.ts';
import { DynamoDeliveryLog, type DynamoDeliveryLogOptions } from '../../adapters/dynamo-delivery-log.ts';
import { PACKED_LIST_EVENTS } from '../../contract/delivery-log.ts';
import { RETENTION } from '../../contract/limits.ts';
import { keeps } from '../../core/dispatch/log-policy.ts';
import { deliveryLogContract } from '../contracts/delivery-log.contract.ts';
import { successesContract } from '../contracts/delivery-log-successes.contract.ts';
import { FakeClock } from '../support/clock.ts';
import { attemptResult, deliveryRow, ListedEvents, listedRow, successRow } from '../support/delivery-rows.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';

const EVERYTHING = { since: null, until: null, before: null };
const running: DynamoStandIn[] = [];
after(async () => {
  await Promise.all(running.map((dynamo) => dynamo.close()));
});

async function open(options: DynamoDeliveryLogOptions): Promise<DynamoDeliveryLog> {
  const dynamo = await startDynamo();
  running.push(dynamo);
  return new DynamoDeliveryLog(dynamo.client, dynamo.tables.deliveries, {
    clock: new FakeClock(),
    ...options,
  });
}

async function itemsOf(dynamo = running.at(-1) as DynamoStandIn) {
  const { Items = [] } = await dynamo.client.send(new ScanCommand({ TableName: dynamo.tables.deliveries }));
  return Items;
}

deliveryLogContract('DynamoDB, packed', () => open({ mode: 'packed' }));
deliveryLogContract('DynamoDB, failures', () => open({ mode: 'failures' }));
successesContract('DynamoDB, full', () => open({ mode: 'full' }));
successesContract('DynamoDB, packed', (events) => open({ mode: 'packed', events }));

test('a hundred successes of a message are one packed item far below the size that a row each would have', async () => {
  const log = await open({ mode: 'packed' });
  const rows = Array.from({ length: 100 }, (_, i) =>
    successRow({ subscription: `sub_01J0000000000000000000${i}` }),
  );
  await log.append(rows);
  const items = await itemsOf();
  assert.equal(items.length, 1);
  assert.ok(items.every(isPacked));
  assert.ok((items[0]?.rows?.B?.length ?? Infinity) < 2_000);
});

test('C068: a packed item with the longest ids and URLs that do not repeat stays below the limit of an item', async () => {
  const log = await open({ mode: 'packed' });
  const noise = (i: number, length: number) =>
    Array.from({ length }, (_, at) => ((i * 7919 + at * 104_729 + i * at * at) % 36).toString(36)).join('');
  const rows = Array.from({ length: 150 }, (_, i) =>
    successRow({
      subscription: noise(i, 128),
      result: attemptResult({ status: 200, responseBody: null, url: `https://${noise(i, 2_040)}` }),
    }),
  );
  await log.append(rows);
  assert.equal((await itemsOf()).length, 2);
  for (const row of [rows[0], rows[149]]) assert.ok(row && (await log.rowsOf(row)).length === 1);
});

test('what was not a plain success keeps a row of its own, response body included', async () => {
  const log = await open({ mode: 'packed' });
  const rows = [
    deliveryRow({ subscription: 'fails' }),
    deliveryRow({ subscription: 'recovers', attempt: 2, status: 'succeeded' }),
    successRow({ subscription: 'by hand', trigger: 'manual', run: 'run_1' }),
  ];
  await log.append(rows);
  assert.ok(!(await itemsOf()).some(isPacked));
  for (const row of rows) assert.deepEqual(await log.rowsOf(row), [listedRow(row)]);
});

test('C071: packed successes expire 30 days after the last of them', async () => {
  const clock = new FakeClock();
  const log = await open({ mode: 'packed', clock });
  await log.append([successRow(), successRow({ subscription: 'sub_2', at: successRow().at + 250 })]);
  const [item] = await itemsOf();
  assert.equal(item?.ttl?.N, String(Math.floor((successRow().at + 250) / 1000) + RETENTION.recordSeconds));
  assert.equal((await log.rowsOf(successRow())).length, 1);
  clock.advance(RETENTION.recordSeconds * 1000 + 60_000);
  assert.deepEqual(await log.rowsOf(successRow()), []);
  assert.equal((await log.startedSubscriptions({ tenant: 'acme', event: 'evt_1', shards: 1 })).size, 0);
});

test('what packed wrote is read by a log of another mode', async () => {
  const packed = await open({ mode: 'packed' });
  await packed.append([successRow()]);
  const { client, tables } = running.at(-1) as DynamoStandIn;
  const full = new DynamoDeliveryLog(client, tables.deliveries, { mode: 'full', clock: new FakeClock() });
  assert.equal((await full.rowsOf(successRow())).length, 1);
  assert.equal((await Array.fromAsync(full.ofEvent(successRow(), null))).flat().length, 1);
  assert.ok((await full.startedSubscriptions(successRow())).has('sub_1'));
});

test('a packed subscription list looks through a bounded number of events, but leaves out no failure', async () => {
  const created = successRow().createdAt;
  const rows = Array.from({ length: PACKED_LIST_EVENTS + 200 }, (_, i) => {
    const fields = { event: `evt_${i}`, createdAt: created - i * 10 };
    return i % 150 === 149 ? deliveryRow(fields) : successRow(fields);
  });
  const events = new ListedEvents(rows);
  const log = await open({ mode: 'packed', events });
  await log.append(rows);
  const listed = (await Array.fromAsync(log.ofSubscription('acme', 'sub_1', EVERYTHING))).flat();
  assert.equal(listed.filter(({ status }) => status === 'retrying').length, 8);
  assert.equal(listed.length, PACKED_LIST_EVENTS + 2);
  const older = { ...EVERYTHING, until: created - PACKED_LIST_EVENTS * 10 };
  const rest = (await Array.fromAsync(log.ofSubscription('acme', 'sub_1', older))).flat();
  assert.equal(rest.length, 199);
});

test('a short look at a subscription reads few events', async () => {
  const created = successRow().createdAt;
  const rows = Array.from({ length: 300 }, (_, i) =>
    successRow({ event: `evt_${i}`, createdAt: created + i }),
  );
  const events = new ListedEvents(rows);
  const log = await open({ mode: 'packed', events });
  await log.append(rows);
  for await (const page of log.ofSubscription('acme', 'sub_1', EVERYTHING)) {
    assert.equal(page[0]?.event, 'evt_299');
    break;
  }
  assert.equal(events.taken, 30);
});

test('a log of failures keeps no row of a success, unless the delivery failed before', async () => {
  const log = await open({ mode: 'failures' });
  const recovered = { ...deliveryRow({ subscription: 'sub_2' }), attempt: 2, status: 'succeeded' as const };
  const skipped = successRow({ subscription: 'sub_3', result: null, status: 'skipped', reason: 'paused' });
  await log.append([successRow(), deliveryRow({ subscription: 'sub_2' }), recovered, skipped]);
  assert.equal((await itemsOf()).length, 3);
  assert.deepEqual(await log.rowsOf(successRow()), []);
  assert.equal(keeps(log.policy, successRow()), false);
  assert.equal(keeps(log.policy, recovered), true);
  await log.append([successRow({ subscription: 'sub_4' })]);
  assert.equal((await itemsOf()).length, 3);
});

test('a message that comes again is looked up with one query, in whichever mode', async () => {
  for (const mode of ['full', 'packed'] as const) {
    const log = await open({ mode });
    const rows = Array.from({ length: 100 }, (_, i) => successRow({ subscription: `sub_${i}` }));
    await log.append(rows);
    const { client } = running.at(-1) as DynamoStandIn;
    let queries = 0;
    client.middlewareStack.add(
      (next) => (args) => {
        if ('KeyConditionExpression' in args.input) queries++;
        return next(args);
      },
      { step: 'initialize', name: `count-${QueryCommand.name}` },
    );
    assert.equal((await log.rowsOfEach({ tenant: 'acme', event: 'evt_1', shards: 1 }, rows)).size, 100);
    assert.equal(queries, 1, mode);
  }
});
