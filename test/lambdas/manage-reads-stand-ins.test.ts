import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DynamoDeadLetters } from '../../adapters/dynamo-dead-letters.ts';
import { DynamoDeliveryLog } from '../../adapters/dynamo-delivery-log.ts';
import { DynamoEventClaims } from '../../adapters/dynamo-event-claims.ts';
import { DynamoEventReads } from '../../adapters/dynamo-event-reads.ts';
import { DynamoEventRecords } from '../../adapters/dynamo-event-records.ts';
import { DynamoTasks } from '../../adapters/dynamo-tasks.ts';
import { QUOTA } from '../../contract/limits.ts';
import type { Caller } from '../../core/api-key.ts';
import { deadLetterOperations } from '../../core/manage/dead-letter-operations.ts';
import { deliveryOperations } from '../../core/manage/delivery-operations.ts';
import { eventOperations } from '../../core/manage/event-operations.ts';
import type { ApiResponse, Operation } from '../../core/manage/operation.ts';
import { taskOperations } from '../../core/manage/task-operations.ts';
import { Problem } from '../../core/problem.ts';
import { FakeClock, seededRandom } from '../support/clock.ts';
import { deadLetter, eventEnvelope } from '../support/delivery-messages.ts';
import { deliveryRow } from '../support/delivery-rows.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';
import { FakeQueue } from '../support/fake-queue.ts';

const START = Date.UTC(2026, 0, 2);
const caller: Caller = { keyId: 'key_1', scopes: ['admin'], tenant: 'acme', lineage: [], expiresAt: null };
let dynamo: DynamoStandIn;
let reads: Awaited<ReturnType<typeof fill>>;

before(async () => {
  dynamo = await startDynamo();
  reads = await fill(dynamo);
});
after(() => dynamo.close());

/** A thousand events with one delivery each, of which numbers 1 and 990 failed, and one event for 250. */
async function fill({ client, tables }: DynamoStandIn) {
  const clock = new FakeClock(START + 86_400_000);
  const claims = new DynamoEventClaims(client, tables.events, clock);
  const records = new DynamoEventRecords(client, tables.events, clock);
  const deliveries = new DynamoDeliveryLog(client, tables.deliveries, { clock });
  const deadLetters = new DynamoDeadLetters(client, tables.deliveries, clock);
  const put = async (id: string, at: number, targets: readonly string[], status: 'failed' | 'succeeded') => {
    const event = eventEnvelope({ id, acceptedAt: at });
    const shards = Math.ceil(targets.length / 100);
    await claims.claim({
      tenant: event.tenant,
      id,
      acceptedAt: at,
      requestId: 'r',
      bodyHash: '',
      source: null,
    });
    await records.own({ ...event, data: '{"n":1.0}', requestId: 'r', matched: targets.length, shards });
    const rows = targets.map((subscription) =>
      deliveryRow({ event: id, createdAt: at, subscription, status, shards }),
    );
    await deliveries.append(rows);
    for (const { delivery } of status === 'failed' ? rows : []) {
      await deadLetters.record(deadLetter({ event, targets, attempt: 1 }), delivery);
    }
  };
  const numbers = Array.from({ length: 1_000 }, (_, i) => i);
  for (let at = 0; at < numbers.length; at += 50) {
    await Promise.all(
      numbers
        .slice(at, at + 50)
        .map((i) => put(`evt_${i}`, START + i, ['sub_1'], i === 1 || i === 990 ? 'failed' : 'succeeded')),
    );
  }
  const many = Array.from({ length: 250 }, (_, i) => `sub_big_${i}`);
  await put('evt_big', START + 500, many, 'succeeded');
  const events = new DynamoEventReads(client, tables.events, clock);
  const cursorKey = async (): Promise<Uint8Array> => new Uint8Array(32);
  const deps = { events, deliveries, deadLetters, cursorKey, clock };
  const tasks = new DynamoTasks(client, tables.deliveries);
  return {
    ...eventOperations(deps),
    ...deliveryOperations(deps),
    ...deadLetterOperations(deps),
    ...taskOperations({ tasks, queue: new FakeQueue(), quotas: QUOTA, clock, random: seededRandom() }),
  };
}

function call(
  operation: Operation,
  query: Record<string, string>,
  params: Record<string, string> = {},
): Promise<ApiResponse> {
  return operation({ caller, params, query, body: Buffer.alloc(0), host: 'api.example.com', requestId: 'r' });
}

async function listAll(operation: Operation, query: Record<string, string>) {
  const items: { id: string; event: string }[] = [];
  let requests = 0;
  for (let cursor: string | null = null; requests === 0 || cursor !== null; requests++) {
    const more: Record<string, string> = cursor === null ? {} : { cursor };
    const { body } = await call(operation, { ...query, ...more });
    const page = body as { data: { id: string; event: string }[]; cursor: string | null };
    items.push(...page.data);
    cursor = page.cursor;
  }
  return { items, requests };
}

test('C069: of a thousand deliveries the two failed are found with one request, whichever way they are asked for', async () => {
  const filters: readonly Record<string, string>[] = [
    {},
    { subscription: 'sub_1' },
    { eventType: 'order.created' },
  ];
  for (const query of filters) {
    const { items, requests } = await listAll(reads.listDeliveries, {
      status: 'failed',
      limit: '20',
      ...query,
    });
    assert.deepEqual([items.map(({ event }) => event), requests], [['evt_990', 'evt_1'], 1]);
  }
  const { items } = await listAll(reads.listDeadLetters, {});
  assert.deepEqual(
    items.map(({ event }) => event),
    ['evt_990', 'evt_1'],
  );
});

test('every delivery of a tenant is listed once, newest event first, over events of one and three partitions', async () => {
  const { items } = await listAll(reads.listDeliveries, { limit: '250' });
  assert.equal(new Set(items.map(({ id }) => id)).size, 1_250);
  assert.equal(items.length, 1_250);
  assert.deepEqual([items[0]?.event, items.at(-1)?.event], ['evt_999', 'evt_0']);
  const ofBig = await listAll(reads.listDeliveries, { event: 'evt_big', limit: '100' });
  assert.deepEqual([new Set(ofBig.items.map(({ id }) => id)).size, ofBig.requests], [250, 3]);
});

test('a delivery is found by its id alone, and an event counts its deliveries over all partitions', async () => {
  const [item] = (await listAll(reads.listDeliveries, { subscription: 'sub_big_77' })).items;
  const { body } = await call(reads.getDelivery, {}, { id: item?.id ?? '' });
  assert.equal((body as { event: string }).event, 'evt_big');
  const event = await call(reads.getEvent, {}, { id: 'evt_big' });
  assert.match(event.rawBody ?? '', /"succeeded":250,"pending":0.*"data":\{"n":1\.0\}\}$/);
});

test('C077: ids longer than any key are unknown, not errors of ours', async () => {
  const id = 'a'.repeat(3_000);
  for (const operation of [reads.getEvent, reads.getDelivery, reads.getTask, reads.cancelTask]) {
    await assert.rejects(
      call(operation, {}, { id }),
      (error) => error instanceof Problem && error.status === 404,
    );
  }
  for (const name of ['event', 'subscription']) {
    await assert.rejects(
      call(reads.listDeliveries, { [name]: id }),
      (error) => error instanceof Problem && error.status === 400,
    );
  }
});
