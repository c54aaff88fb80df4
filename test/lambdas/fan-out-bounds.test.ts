import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fanOutBench } from '../support/fan-out-bench.ts';

/** A filter that takes more steps than it may on `DEAR`, and few on any ordinary event. */
const COSTLY = { data: { $or: Array.from({ length: 99 }, (_, i) => ({ [`f${i}`]: [1] })) } };
const DEAR = `[${Array(80_000).fill('{}').join()}]`;

test('a filter that is too costly for an event makes a delivery that is given up, and harms no other', async () => {
  const bench = fanOutBench();
  for (const id of ['costly_1', 'costly_2']) bench.directory.put('acme', { id, filter: COSTLY });
  bench.directory.put('acme', { id: 'plain' });
  bench.directory.put('acme', { id: 'never', filter: { type: ['x'] } });
  assert.deepEqual(await bench.fanOut({ id: 'e1', data: DEAR }, { id: 'e2', data: '{"f7":1}' }), []);
  const told = bench.deliveries().map(({ header }) => [header.event.id, header.targets, header.giveUp]);
  assert.deepEqual(told, [
    ['e1', ['plain'], undefined],
    ['e1', ['costly_1', 'costly_2'], 'filter-too-costly'],
    ['e2', ['costly_1', 'costly_2', 'plain'], undefined],
  ]);
  assert.equal((await bench.store.get('acme', 'e1'))?.matched, 3);
  assert.deepEqual(bench.log.of('fan-out.done')[0]?.fields.costlyIds, ['e1']);
});

test('who carries on gives up only those that nothing was started for', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 'costly', filter: COSTLY });
  bench.queue.refuses = () => true;
  assert.deepEqual(await bench.fanOut({ data: DEAR }), [0]);
  bench.queue.refuses = () => false;
  assert.deepEqual(await bench.receive([bench.message({ data: DEAR })], 2), []);
  const told = bench.deliveries().map(({ header }) => [header.targets, header.giveUp, header.shards]);
  assert.deepEqual(told, [[['costly'], 'filter-too-costly', 1]]);
  assert.equal((await bench.store.get('acme', 'evt_1'))?.matched, 1);
});
