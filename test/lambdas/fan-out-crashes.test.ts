import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveryRow } from '../../core/delivery.ts';
import { deliveryId, newEventId } from '../../core/id.ts';
import { encodeMessage } from '../../core/message.ts';
import { seededRandom } from '../support/clock.ts';
import { fanOutBench } from '../support/fan-out-bench.ts';

const many = (count: number) => Array.from({ length: count }, (_, i) => `sub_${String(i).padStart(5, '0')}`);

type Bench = ReturnType<typeof fanOutBench>;

/** Writes the row of a first attempt, as dispatch would for what is on the queue. */
async function dispatched(bench: Bench, targets: readonly string[], shards: number): Promise<void> {
  const acceptedAt = bench.clock.now();
  await bench.deliveryLog.append(
    targets.map(
      (subscription): DeliveryRow => ({
        tenant: 'acme',
        event: 'evt_1',
        eventType: 'order.created',
        subscription,
        delivery: deliveryId({ tenant: 'acme', id: 'evt_1', acceptedAt }, subscription),
        shards,
        createdAt: acceptedAt,
        attempt: 1,
        run: '0',
        trigger: 'schedule',
        at: acceptedAt,
        request: null,
        result: null,
        status: 'skipped',
        reason: 'paused',
        nextAttemptAt: null,
      }),
    ),
  );
}

test('a repeat of another request is acknowledged and dropped', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 's' });
  assert.deepEqual(await bench.fanOut({ requestId: 'req-1' }), []);
  assert.deepEqual(await bench.fanOut({ requestId: 'req-2', data: '{"n":2}' }), []);
  assert.deepEqual(bench.targets(), ['evt_1 s']);
  assert.equal((await bench.store.get('acme', 'evt_1'))?.data, '{"n":1}');
  assert.deepEqual(bench.log.of('fan-out.done')[1]?.fields.repeatIds, ['evt_1']);
});

test('C011: twenty messages of one id in two batches fan out once', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 's' });
  const posted = Array.from({ length: 20 }, (_, i) => ({ requestId: `req-${i}` }));
  await Promise.all([bench.fanOut(...posted.slice(0, 10)), bench.fanOut(...posted.slice(10))]);
  assert.deepEqual(bench.targets(), ['evt_1 s']);
});

test('a worker that died after the record: the next one sends everything', async () => {
  const bench = fanOutBench();
  for (const id of many(3)) bench.directory.put('acme', { id });
  bench.queue.refuses = () => true;
  assert.deepEqual(await bench.fanOut({}), [0]);
  bench.queue.refuses = () => false;
  assert.deepEqual(await bench.receive([bench.message({})], 2), []);
  assert.deepEqual(
    bench.targets(),
    many(3).map((id) => `evt_1 ${id}`),
  );
});

test('a worker that died between two sends: the next one sends only to those nothing was started for', async () => {
  const bench = fanOutBench();
  for (const id of many(250)) bench.directory.put('acme', { id });
  let sends = 0;
  bench.queue.refuses = () => ++sends > 2;
  assert.deepEqual(await bench.fanOut({}), [0]);
  const first = bench.deliveries().flatMap(({ header }) => header.targets);
  assert.ok(first.length > 100 && first.length < 200, `${first.length} targets`);
  await dispatched(bench, first, 4);
  bench.queue.refuses = () => false;
  assert.deepEqual(await bench.receive([bench.message({})], 2), []);
  assert.deepEqual(
    bench.targets().sort(),
    many(250).map((id) => `evt_1 ${id}`),
  );
});

test('who carries on keeps the partitions that were fixed, and counts old and new subscriptions', async () => {
  const bench = fanOutBench();
  for (const id of many(101)) bench.directory.put('acme', { id });
  await bench.fanOut({});
  await dispatched(bench, many(101), 2);
  bench.queue.sent.length = 0;
  bench.directory.remove('acme', 'sub_00000');
  for (const id of ['later_1', 'later_2']) bench.directory.put('acme', { id });
  for (let i = 0; i < 200; i++) bench.directory.put('acme', { id: `more_${i}` });
  assert.deepEqual(await bench.receive([bench.message({})], 2), []);
  assert.equal(bench.targets().length, 202);
  assert.ok(bench.deliveries().every(({ header }) => header.shards === 2));
  const record = await bench.store.get('acme', 'evt_1');
  assert.equal(record?.matched, 303);
  assert.equal(record?.shards, 2);
});

test('C016: one record that fails leaves the other nine alone, and is alone next time', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 's' });
  const own = bench.store.own.bind(bench.store);
  bench.store.own = async (record) => {
    if (record.id === 'e3') throw new Error('table is down');
    return own(record);
  };
  const posted = Array.from({ length: 10 }, (_, i) => ({ id: `e${i}`, requestId: `req-${i}` }));
  assert.deepEqual(await bench.fanOut(...posted), [3]);
  assert.equal(bench.targets().length, 9);
  bench.store.own = own;
  assert.deepEqual(await bench.fanOut({ id: 'e3', requestId: 'req-3' }), []);
  assert.deepEqual(new Set(bench.targets()).size, 10);
  assert.equal(bench.targets().length, 10);
  assert.equal(bench.meter.sum('BatchItemsReturned fan-out'), 1);
});

test('C019: a record whose messages are not all accepted comes again, the others do not', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 's' });
  bench.queue.refuses = ({ body }) => body.includes('"id":"e1"');
  assert.deepEqual(await bench.fanOut({ id: 'e0' }, { id: 'e1' }, { id: 'e2' }), [1]);
  assert.deepEqual(bench.targets(), ['e0 s', 'e2 s']);
});

test('a message that cannot be read comes again, to end in the poison queue, and its text is not logged', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 's' });
  const bodies = ['secret', '', bench.message({}).replace('"v":1', '"v":2'), bench.message({ id: 'fine' })];
  assert.deepEqual(await bench.receive(bodies), [0, 1, 2]);
  assert.deepEqual(bench.targets(), ['fine s']);
  assert.equal(bench.log.of('fan-out.failed').length, 3);
  assert.doesNotMatch(JSON.stringify(bench.log.lines), /secret/);
});

test('a list of subscriptions that cannot be read fails its own tenant only', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 's' });
  const version = bench.directory.version.bind(bench.directory);
  bench.directory.version = (tenant) =>
    tenant === 'globex' ? Promise.reject(new Error('down')) : version(tenant);
  const batch = [{ tenant: 'globex', id: 'e0' }, { id: 'e1' }, { tenant: 'globex', id: 'e2' }];
  assert.deepEqual(await bench.fanOut(...batch), [0, 2]);
  assert.deepEqual(bench.targets(), ['e1 s']);
  bench.directory.version = version;
  assert.deepEqual(await bench.fanOut(...batch), []);
});

test('the same message twice in one batch sends once', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 's' });
  assert.deepEqual(await bench.fanOut({}, {}), []);
  assert.deepEqual(bench.targets(), ['evt_1 s']);
});

test('the same message twice in one batch comes again as one', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 's' });
  bench.queue.refuses = () => true;
  assert.deepEqual(await bench.fanOut({}, {}), [0, 1]);
  bench.queue.refuses = () => false;
  assert.deepEqual(await bench.fanOut({}, {}), []);
  assert.deepEqual(bench.targets(), ['evt_1 s']);
});

test('an event that nobody claimed, told twice, is one event of the time of the first telling', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 's' });
  const first = bench.clock.now();
  await bench.fanOut({ id: 'told', requestId: 'told' });
  bench.clock.advance(5_000);
  await bench.fanOut({ id: 'told', requestId: 'told' }, { id: 'told', requestId: 'other' });
  assert.equal((await bench.store.get('acme', 'told'))?.acceptedAt, first);
  const [listed, ...more] = (await Array.fromAsync(bench.store.newest('acme', {}))).flat();
  assert.deepEqual([listed?.acceptedAt, more], [first, []]);
  assert.deepEqual(
    new Set(bench.deliveries().map(({ header }) => header.event.acceptedAt)),
    new Set([first]),
  );
});

test('an id that is claimed, or of our own form, takes no claim', async () => {
  const bench = fanOutBench();
  const claims: string[] = [];
  const claim = bench.store.claim.bind(bench.store);
  bench.store.claim = (asked) => {
    claims.push(asked.id);
    return claim(asked);
  };
  const now = bench.clock.now();
  const own = newEventId(now, seededRandom());
  const message = (fields: object) => bench.message({ id: own, ...fields });
  await bench.receive([message({}), bench.message({ id: 'told' })]);
  const event = {
    tenant: 'acme',
    id: 'chosen',
    type: 'a',
    subject: null,
    time: now,
    acceptedAt: now,
    metadata: {},
  };
  await bench.receive([encodeMessage({ v: 1, requestId: 'r', claimed: true, event }, '1')]);
  assert.deepEqual(claims, ['told']);
});
