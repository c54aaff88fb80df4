import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryId } from '../../core/id.ts';
import { shardOf } from '../../core/shard.ts';
import { fanOutBench } from '../support/fan-out-bench.ts';

const many = (count: number) => Array.from({ length: count }, (_, i) => `sub_${String(i).padStart(5, '0')}`);

test('an event goes on record and to the queue, with all that dispatch needs', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 'sub_1', eventTypes: ['order.*'] });
  bench.directory.put('acme', { id: 'sub_2', eventTypes: ['customer.created'] });
  const data = '{ "id":9007199254740993, "x":1,"x":2 }';
  assert.deepEqual(await bench.fanOut({ data, subject: 's', metadata: { region: 'eu' } }), []);
  const now = bench.clock.now();
  const event = {
    tenant: 'acme',
    id: 'evt_1',
    type: 'order.created',
    subject: 's',
    time: now,
    acceptedAt: now,
    metadata: { region: 'eu' },
  };
  assert.deepEqual(bench.deliveries(), [
    {
      header: {
        v: 1,
        event,
        shards: 1,
        attempt: 1,
        step: 0,
        run: '0',
        trigger: 'schedule',
        targets: ['sub_1'],
      },
      data,
    },
  ]);
  assert.equal(bench.queue.sent[0]?.group, 'acme');
  assert.deepEqual(await bench.store.get('acme', 'evt_1'), {
    ...event,
    data,
    requestId: 'req-1',
    matched: 1,
    shards: 1,
  });
});

test('C017: 250 subscriptions give 250 deliveries, each once, a message for each partition of the log', async () => {
  const bench = fanOutBench();
  for (const id of many(250)) bench.directory.put('acme', { id, eventTypes: ['order.created'] });
  assert.deepEqual(await bench.fanOut({}), []);
  assert.deepEqual(
    bench.targets().sort(),
    many(250).map((id) => `evt_1 ${id}`),
  );
  const messages = bench.deliveries().map(({ header }) => header);
  assert.deepEqual(
    messages.map(({ shards }) => shards),
    [4, 4, 4, 4],
  );
  for (const { event, targets, shards } of messages) {
    assert.equal(new Set(targets.map((target) => shardOf(deliveryId(event, target), shards))).size, 1);
  }
  assert.equal((await bench.store.get('acme', 'evt_1'))?.matched, 250);
});

test('C018: an event of 150 KB for 1,000 subscriptions reaches each of them', async () => {
  const bench = fanOutBench();
  for (const id of many(1_000)) bench.directory.put('acme', { id });
  assert.deepEqual(await bench.fanOut({ data: JSON.stringify('x'.repeat(150 * 1024)) }), []);
  assert.equal(new Set(bench.targets()).size, 1_000);
});

test('C020: overlapping patterns on one subscription give one delivery', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 's', eventTypes: ['*', 'order.*', 'order.created', 'order.created'] });
  await bench.fanOut({});
  assert.deepEqual(bench.targets(), ['evt_1 s']);
});

test('C021: a wildcard stops at its segment', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 's', eventTypes: ['order.*'] });
  const types = ['order.created', 'orders.created', 'order', 'order.item.created', 'Order.created'];
  await bench.fanOut(...types.map((type) => ({ id: type, type })));
  assert.deepEqual(bench.targets().sort(), ['order.created s', 'order.item.created s']);
});

test('C022: a subscription made a moment ago gets the next event, a deleted one none, 50 times of 50', async () => {
  const bench = fanOutBench();
  for (let round = 0; round < 50; round++) {
    bench.directory.put('acme', { id: `s${round}` });
    if (round > 0) bench.directory.remove('acme', `s${round - 1}`);
    await bench.fanOut({ id: `e${round}` });
  }
  assert.deepEqual(
    bench.targets(),
    Array.from({ length: 50 }, (_, round) => `e${round} s${round}`),
  );
});

test('C023: an event that nobody or only a disabled subscription wants is on record all the same', async () => {
  const bench = fanOutBench();
  await bench.fanOut({ id: 'nobody' });
  bench.directory.put('acme', { id: 'off', status: 'disabled' });
  bench.directory.put('acme', { id: 'paused', status: 'paused' });
  await bench.fanOut({ id: 'skipped' });
  assert.equal((await bench.store.get('acme', 'nobody'))?.matched, 0);
  assert.equal((await bench.store.get('acme', 'skipped'))?.matched, 2);
  // Dispatch records them as skipped.
  assert.deepEqual(bench.targets(), ['skipped off', 'skipped paused']);
});

test('no event reaches a subscription of another tenant', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 'a' });
  bench.directory.put('globex', { id: 'b' });
  await bench.fanOut(
    { tenant: 'acme', id: 'e1' },
    { tenant: 'globex', id: 'e1' },
    { tenant: 'none', id: 'e1' },
  );
  assert.deepEqual(
    bench.deliveries().map(({ header }) => [header.event.tenant, header.targets]),
    [
      ['acme', ['a']],
      ['globex', ['b']],
    ],
  );
});

test('a filter decides on the data, and is asked nothing of events of other types', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', {
    id: 'dear',
    eventTypes: ['order.*', '*'],
    filter: { data: { total: [{ numeric: ['>', 100] }] } },
  });
  bench.directory.put('acme', {
    id: 'eu',
    eventTypes: ['order.*'],
    filter: { metadata: { region: ['eu'] } },
  });
  await bench.fanOut(
    { id: 'e1', data: '{"total":101}' },
    { id: 'e2', data: '{"total":100}', metadata: { region: 'eu' } },
    { id: 'e3', type: 'note', data: 'null', metadata: { region: 'eu' } },
  );
  assert.deepEqual(bench.targets(), ['e1 dear', 'e2 eu']);
});

test('a stored filter that cannot be read matches nothing, and is reported', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 'broken', filter: { nonsense: 1 } });
  bench.directory.put('acme', { id: 'whole' });
  assert.deepEqual(await bench.fanOut({}), []);
  assert.deepEqual(bench.targets(), ['evt_1 whole']);
  assert.deepEqual(bench.log.of('fan-out.filter-unreadable')[0]?.fields, {
    tenant: 'acme',
    subscriptions: ['broken'],
  });
});

test('one version read per tenant and batch, and the list only when it moved', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 's' });
  const batch = ['e1', 'e2', 'e3'].map((id) => ({ id }));
  await bench.fanOut(...batch, { tenant: 'globex', id: 'e4' });
  assert.deepEqual([...bench.directory.reads].sort(), [
    'interests acme',
    'interests globex',
    'version acme',
    'version globex',
  ]);
  bench.directory.reads.length = 0;
  await bench.fanOut(...batch.map(({ id }) => ({ id: `${id}b` })));
  assert.deepEqual(bench.directory.reads, ['version acme']);
});

test('ten events of a batch for one subscription each take one call to the queue', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 's' });
  await bench.fanOut(...Array.from({ length: 10 }, (_, i) => ({ id: `e${i}` })));
  assert.equal(bench.queue.sent.length, 10);
  assert.equal(bench.queue.calls, 1);
});

test('one log line tells what was done, and nothing of the payload', async () => {
  const bench = fanOutBench();
  for (const id of many(101)) bench.directory.put('acme', { id });
  const acceptedAt = bench.clock.now() - 250;
  await bench.fanOut({ acceptedAt, data: '"hidden"', subject: 'hidden' }, { tenant: 'none', id: 'e2' });
  const [line, ...more] = bench.log.lines;
  assert.equal(more.length, 0);
  assert.equal(line?.event, 'fan-out.done');
  assert.deepEqual(line.fields, {
    tenants: ['acme', 'none'],
    unmatchedIds: ['e2'],
    repeatIds: [],
    resumedIds: [],
    traceIds: [],
    events: 2,
    failed: 0,
    matched: 101,
    oldestMs: 250,
    messages: 2,
    durationMs: 0,
  });
  assert.deepEqual(bench.meter.sums, { FanOutSize: 101, EventsUnmatched: 1 });
});

test('the delivery ids that follow from a message are those of the event', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 's' });
  await bench.fanOut({ acceptedAt: 1_767_323_045_000 });
  const [sent] = bench.deliveries();
  const expected = deliveryId({ tenant: 'acme', id: 'evt_1', acceptedAt: 1_767_323_045_000 }, 's');
  assert.equal(sent && deliveryId(sent.header.event, 's'), expected);
});
