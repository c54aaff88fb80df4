import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SubscriptionLists } from '../../../core/fan-out/subscription-lists.ts';
import { FakeClock } from '../../support/clock.ts';
import { FakeLog } from '../../support/fake-log.ts';
import { FakeSubscriptionDirectory } from '../../support/fake-subscription-directory.ts';

function lists(maxKept?: number) {
  const directory = new FakeSubscriptionDirectory();
  return { directory, lists: new SubscriptionLists(directory, new FakeLog(), new FakeClock(), maxKept) };
}

const fill = (directory: FakeSubscriptionDirectory, tenant: string, count: number): void => {
  for (let i = 0; i < count; i++) directory.put(tenant, { id: `s${i}` });
};

test('a list that did not move is not read again', async () => {
  const { directory, lists: kept } = lists();
  fill(directory, 'a', 3);
  for (let batch = 0; batch < 3; batch++) assert.equal((await kept.forBatch()('a')).index.size, 3);
  assert.deepEqual(directory.reads, ['version a', 'interests a', 'version a', 'version a']);
});

test('a change that comes between the reads of version and list is seen again by the next batch', async () => {
  const { directory, lists: kept } = lists();
  fill(directory, 'a', 1);
  const interests = directory.interests.bind(directory);
  directory.interests = async (tenant) => {
    const found = await interests(tenant);
    // Made after this list was read: the version that was read before it must not stand for it.
    directory.put(tenant, { id: 'late' });
    directory.interests = interests;
    return found;
  };
  assert.equal((await kept.forBatch()('a')).index.size, 1);
  assert.equal((await kept.forBatch()('a')).index.size, 2);
});

test('records of one batch share one read, even while it is under way', async () => {
  const { directory, lists: kept } = lists();
  const list = kept.forBatch();
  await Promise.all([list('a'), list('a'), list('b')]);
  await list('a');
  assert.deepEqual([...directory.reads].sort(), ['interests a', 'interests b', 'version a', 'version b']);
});

test('what is kept is bounded: the tenants not met for longest go first', async () => {
  const { directory, lists: kept } = lists(10);
  for (const tenant of ['a', 'b', 'c']) fill(directory, tenant, 3);
  const ask = async (tenant: string): Promise<boolean> => {
    directory.reads.length = 0;
    await kept.forBatch()(tenant);
    return directory.reads.includes(`interests ${tenant}`);
  };
  assert.deepEqual([await ask('a'), await ask('b'), await ask('a')], [true, true, false]);
  assert.equal(await ask('c'), true, 'c is new');
  assert.equal(await ask('a'), false, 'a was met lately');
  assert.equal(await ask('b'), true, 'b had to make room');
});

test('a tenant larger than the bound is kept while it is the last one met', async () => {
  const { directory, lists: kept } = lists(10);
  fill(directory, 'large', 50);
  fill(directory, 'small', 1);
  await kept.forBatch()('small');
  for (let batch = 0; batch < 3; batch++) await kept.forBatch()('large');
  assert.equal(directory.reads.filter((read) => read === 'interests large').length, 1);
});

test('a failing read is not remembered', async () => {
  const { directory, lists: kept } = lists();
  fill(directory, 'a', 1);
  const interests = directory.interests.bind(directory);
  directory.interests = () => Promise.reject(new Error('down'));
  await assert.rejects(kept.forBatch()('a'), /down/);
  directory.interests = interests;
  assert.equal((await kept.forBatch()('a')).index.size, 1);
});
