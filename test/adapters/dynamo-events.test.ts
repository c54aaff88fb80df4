import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { toEventItems } from '../../adapters/aws/event-item.ts';
import type { Item } from '../../adapters/aws/item.ts';
import { DynamoEventClaims } from '../../adapters/dynamo-event-claims.ts';
import { DynamoEventReads } from '../../adapters/dynamo-event-reads.ts';
import { DynamoEventRecords } from '../../adapters/dynamo-event-records.ts';
import { sampleEvent } from '../../bench/cost/sample-event.ts';
import { DYNAMO, INGEST } from '../../contract/limits.ts';
import { newEventId } from '../../core/id.ts';
import { escapeForSqs } from '../../core/message.ts';
import { eventIdsContract } from '../contracts/event-ids.contract.ts';
import { eventStoreContract, record, START } from '../contracts/event-store.contract.ts';
import { FakeClock, seededRandom } from '../support/clock.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';

let dynamo: DynamoStandIn;
before(async () => {
  dynamo = await startDynamo();
});
after(() => dynamo.close());

function store(clock: FakeClock) {
  const { client, tables } = dynamo;
  return {
    claims: new DynamoEventClaims(client, tables.events, clock),
    records: new DynamoEventRecords(client, tables.events, clock),
    reads: new DynamoEventReads(client, tables.events, clock),
  };
}

eventStoreContract('DynamoDB', store);
eventIdsContract('DynamoDB', store);

/** As many characters of `choose` as fit into `bytes` of UTF-8. */
function filled(bytes: number, choose: (chance: () => number) => string): string {
  const random = seededRandom(7);
  const parts: string[] = [];
  for (let left = bytes; ; ) {
    const part = choose(random.number);
    left -= Buffer.byteLength(part);
    if (left < 0) return parts.join('');
    parts.push(part);
  }
}

const character = (from: number, count: number) => (chance: () => number) =>
  String.fromCodePoint(from + Math.floor(chance() * count));

/** Bodies of 256 KiB that compress badly, as they stand in a message. */
const WORST: Readonly<Record<string, (bytes: number) => string>> = {
  'random base64': (bytes) => Buffer.from(seededRandom(7).bytes(bytes)).toString('base64').slice(0, bytes),
  'random printable ASCII': (bytes) => filled(bytes, character(0x23, 0x5c - 0x23)),
  'random Chinese': (bytes) => filled(bytes, character(0x4e00, 0x9fff - 0x4e00)),
  'random characters beyond U+FFFF': (bytes) => filled(bytes, character(0x1_0000, 0xf_ffff)),
  'characters that SQS makes us escape': (bytes) => filled(bytes, character(0xfffe, 2)),
  'escapes between random characters': (bytes) =>
    filled(bytes, (chance) => character(0xfffe, 2)(chance) + character(0x4e00, 0x5000)(chance)),
};

for (const [name, make] of Object.entries(WORST)) {
  test(`the largest event still fits into an item: ${name}`, async () => {
    const clock = new FakeClock(START);
    const text = make(INGEST.maxEventBytes - 2);
    const data = escapeForSqs(`"${text}"`);
    const worst = record({
      tenant: 't'.repeat(128),
      id: name.replaceAll(/[^a-z]/g, '_').padEnd(128, 'x'),
      type: 't'.repeat(128),
      subject: '中'.repeat(256),
      metadata: Object.fromEntries(
        Array.from({ length: 20 }, (_, i) => [`${i}`.padEnd(64, '中'), '中'.repeat(256)]),
      ),
      data,
    });
    const { record: item, data: beside } = await toEventItems(worst);
    assert.ok(itemBytes(item) < 40_000, 'lists pass over it');
    assert.ok(itemBytes(beside ?? {}) < DYNAMO.maxItemBytes);
    assert.deepEqual(await store(clock).records.own(worst), { kind: 'new' });
    assert.equal((await store(clock).reads.recordOf(worst))?.data, data);
  });
}

/** Size as DynamoDB counts it: names and values in UTF-8. */
function itemBytes(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => {
    const size = value.B?.length ?? Buffer.byteLength(JSON.stringify(value));
    return sum + Buffer.byteLength(name) + size;
  }, 0);
}

test('many large events are read at once though an answer holds 16 MB', async () => {
  const { records, reads } = store(new FakeClock(START));
  const data = JSON.stringify(WORST['random base64']?.(250_000));
  const events = Array.from({ length: 100 }, (_, i) => record({ tenant: 'large', id: `e${i}`, data }));
  await Promise.all(events.map((event) => records.own(event)));
  const found = await reads.dataOf(events);
  assert.equal(found.size, 100);
  assert.ok([...found.values()].every((text) => text === data));
});

test('data of more than 384 bytes is stored compressed, if that makes it smaller', async () => {
  const text = (bytes: number) => JSON.stringify('a'.repeat(bytes - 2));
  const { record: short } = await toEventItems(record({ tenant: 't', id: 'e', data: text(384) }));
  const { record: long } = await toEventItems(record({ tenant: 't', id: 'e', data: text(385) }));
  assert.deepEqual([short.data?.S, 'dataBr' in short], [text(384), false]);
  assert.ok(long.dataBr?.B && long.dataBr.B.length < 100);
  assert.equal('data' in long, false);
  const digits = JSON.stringify(randomBytes(300).toString('base64'));
  const { record: incompressible } = await toEventItems(record({ tenant: 't', id: 'e', data: digits }));
  const kept = incompressible.data?.S ?? incompressible.dataBr?.B ?? '';
  assert.ok(Buffer.byteLength(kept) <= Buffer.byteLength(digits));
});

test('an event of 1 KB is one write unit, and data of more than 3 KB as stored lies beside its record', async () => {
  const id = newEventId(START, seededRandom());
  const of = (data: string) =>
    toEventItems(record({ tenant: 'a-shop', id, requestId: 'JKJaXmPLvHcESHA=:99', data }));
  const usual = await of(JSON.stringify(sampleEvent(1).data));
  assert.equal(usual.data, null);
  assert.ok(itemBytes(usual.record) < 900, `${itemBytes(usual.record)} bytes`);
  const digits = (bytes: number) => JSON.stringify(randomBytes(bytes).toString('hex'));
  assert.equal((await of(digits(2_000))).data, null);
  const large = await of(digits(3_200));
  assert.ok(large.data?.dataBr && !large.record.dataBr);
  assert.ok(itemBytes(large.record) < 400);
  assert.equal(large.data.ttl?.N, large.record.ttl?.N);
});
