import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { until } from '../local/until.ts';
import { fanOutBench } from '../support/fan-out-bench.ts';

/** Ends what dead workers of a test await, so that no timer of theirs outlives it. */
const funerals: (() => void)[] = [];
afterEach(() => {
  for (const end of funerals.splice(0)) end();
});

/** A bench in which the worker dies of some events: nothing comes of what it awaits then. */
function deadly(...killers: readonly string[]) {
  const over = Promise.withResolvers<never>();
  over.promise.catch((cause: unknown) => assert.match(String(cause), /the test is over/));
  funerals.push(() => over.reject(new Error('the test is over')));
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 's' });
  const own = bench.store.own.bind(bench.store);
  let dead = Promise.withResolvers<void>();
  bench.store.own = async (record) => {
    if (!killers.includes(record.id)) return own(record);
    dead.resolve();
    return over.promise;
  };
  /** Hands over a batch; answers which of it comes again, the worker having died or not. */
  const receive = async (ids: readonly string[], receiveCount: number): Promise<readonly string[]> => {
    dead = Promise.withResolvers();
    bench.acknowledged.length = 0;
    const bodies = ids.map((id) => bench.message({ id, requestId: id }));
    const failed = await Promise.race([bench.receive(bodies, receiveCount), dead.promise]);
    if (failed) return failed.map((i) => ids[i] ?? '');
    const done = new Set(bench.acknowledged.map((receipt) => ids[Number(receipt.replace('receipt-m', ''))]));
    return ids.filter((id) => !done.has(id));
  };
  return { bench, receive };
}

const TEN = Array.from({ length: 10 }, (_, i) => `e${i}`);

for (const killer of ['e0', 'e4', 'e9']) {
  test(`of ten events of which ${killer} kills its worker, it alone is left after three receives`, async () => {
    const { bench, receive } = deadly(killer);
    let left = await receive(TEN, 1);
    assert.equal(left.length, 10, 'together they die together');
    for (let receives = 2; receives <= 3; receives++) left = await receive(left, receives);
    assert.deepEqual(left, [killer]);
    const others = TEN.filter((id) => id !== killer).map((id) => `${id} s`);
    assert.deepEqual(new Set(bench.targets()), new Set(others));
  });
}

test('several that kill their worker leave the others fewer with each receive', async () => {
  const { receive } = deadly('e3', 'e7');
  let left = await receive(TEN, 1);
  for (let receives = 2; receives <= 3; receives++) left = await receive(left, receives);
  assert.deepEqual(left, ['e3', 'e4', 'e5', 'e6', 'e7']);
});

test('those that come for the first time are acknowledged before one that came before is begun', async () => {
  const { bench } = deadly('killer');
  const bodies = ['killer', 'e1', 'e2'].map((id) => bench.message({ id, requestId: id }));
  void bench.receive(bodies, [2, 1, 1]);
  await until('two are acknowledged', () => bench.acknowledged.length === 2);
  assert.deepEqual(bench.acknowledged.toSorted(), ['receipt-m1', 'receipt-m2']);
  assert.deepEqual(bench.targets(), ['e1 s', 'e2 s']);
});

test('nothing is acknowledged early where nothing came before, nor what failed', async () => {
  const { bench } = deadly();
  assert.deepEqual(await bench.fanOut({ id: 'e1' }, { id: 'e2' }), []);
  assert.deepEqual(bench.acknowledged, []);
  const bodies = ['not a message', bench.message({ id: 'e3' }), bench.message({ id: 'e4' })];
  assert.deepEqual(await bench.receive(bodies, [1, 1, 3]), [0]);
  assert.deepEqual(bench.acknowledged, ['receipt-m1']);
});

test('an acknowledgement that fails costs nothing: the message is acknowledged in the end', async () => {
  const { bench } = deadly();
  bench.acknowledged.push = () => {
    throw new Error('down');
  };
  const bodies = ['e1', 'e2'].map((id) => bench.message({ id, requestId: id }));
  assert.deepEqual(await bench.receive(bodies, 2), []);
  assert.deepEqual(bench.targets().toSorted(), ['e1 s', 'e2 s']);
  assert.equal(bench.log.of('fan-out.acknowledge-failed').length, 1);
});
