import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeDeliveryMessage } from '../../core/message.ts';
import { fanOutBench } from '../support/fan-out-bench.ts';

const SLOW = { slow: true, slotAt: null };

function bench(count: number, slow: readonly string[]) {
  const made = fanOutBench();
  for (let i = 0; i < count; i++) made.directory.put('acme', { id: `sub_${i}` });
  for (const id of slow) made.directory.slow.set('acme', id, made.clock.now() + 1_000);
  const moved = () => made.slowQueue.bodies.map((body) => decodeDeliveryMessage(body).header);
  return { ...made, moved };
}

test('subscriptions known to be slow share no message with others, and go straight to the slow lane', async () => {
  const { fanOut, deliveries, moved } = bench(5, ['sub_1', 'sub_3']);
  assert.deepEqual(await fanOut({}), []);
  const [quick] = deliveries();
  assert.deepEqual(quick?.header.targets, ['sub_0', 'sub_2', 'sub_4']);
  assert.equal(quick?.header.held, undefined);
  assert.deepEqual(
    moved().map(({ targets, held, attempt }) => [targets, held, attempt]),
    [[['sub_1', 'sub_3'], SLOW, 1]],
  );
});

test('each of many is in one message, those of the slow lane packed across partitions of the log', async () => {
  const slow = Array.from({ length: 150 }, (_, i) => `sub_${2 * i}`);
  const { fanOut, targets, moved } = bench(1_000, slow);
  await fanOut({});
  const others = targets().map((target) => target.split(' ')[1]);
  assert.equal(others.length, 850);
  assert.deepEqual(
    moved().map((message) => message.targets.length),
    [100, 50],
  );
  const all = [...others, ...moved().flatMap((message) => message.targets)];
  assert.equal(new Set(all).size, 1_000);
});

test('a mark whose time is over moves nobody, and a mark of another tenant neither', async () => {
  const { fanOut, clock, directory, moved, targets } = bench(2, ['sub_0']);
  directory.slow.set('globex', 'sub_1', clock.now() + 600_000);
  clock.advance(1_000);
  await fanOut({});
  assert.deepEqual(moved(), []);
  assert.equal(targets().length, 2);
});

test('a mark is seen by the next batch, without the list being read again', async () => {
  const { fanOut, directory, clock, moved } = bench(2, []);
  await fanOut({ id: 'evt_1' });
  directory.slow.set('acme', 'sub_0', clock.now() + 600_000);
  await fanOut({ id: 'evt_2' });
  assert.deepEqual(
    moved().map(({ event, targets }) => [event.id, targets]),
    [['evt_2', ['sub_0']]],
  );
  assert.deepEqual(directory.reads, ['version acme', 'interests acme', 'version acme']);
});

test('an event whose messages for the slow lane were not taken comes again, and goes to those who have none', async () => {
  const { fanOut, receive, message, slowQueue, deliveryLog, moved } = bench(3, ['sub_1']);
  const send = slowQueue.send.bind(slowQueue);
  slowQueue.send = () => Promise.reject(new Error('down'));
  assert.deepEqual(await fanOut({}), [0]);
  slowQueue.send = send;
  assert.equal(deliveryLog.rows.length, 0);
  assert.deepEqual(await receive([message({})], 2), []);
  assert.deepEqual(
    moved().map(({ targets }) => targets),
    [['sub_1']],
  );
});
