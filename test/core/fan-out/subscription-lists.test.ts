import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Matching } from '../../../core/fan-out/matching.ts';
import { SubscriptionLists } from '../../../core/fan-out/subscription-lists.ts';
import { FakeClock } from '../../support/clock.ts';
import { FakeLog } from '../../support/fake-log.ts';
import { FakeSubscriptionDirectory } from '../../support/fake-subscription-directory.ts';

function lists(maxBytes = 100e6) {
  const directory = new FakeSubscriptionDirectory();
  return { directory, lists: new SubscriptionLists(directory, new FakeLog(), new FakeClock(), maxBytes) };
}

const matching = (type = 'a.b', data = '{"n":1}') =>
  new Matching({
    tenant: 't',
    id: 'e',
    type,
    subject: null,
    time: 0,
    acceptedAt: 0,
    metadata: {},
    data,
  });

/** Whom an event of the tenant is for. */
async function targetsOf(kept: SubscriptionLists, tenant: string): Promise<readonly string[]> {
  const event = matching();
  for await (const _ of kept.match(tenant, [event]));
  return event.targets;
}

const idOf = (i: number): string => `s${String(i).padStart(4, '0')}`;
const fill = (directory: FakeSubscriptionDirectory, tenant: string, count: number): void => {
  for (let i = 0; i < count; i++) directory.put(tenant, { id: idOf(i) });
};
/** Bytes of lists of three subscriptions that are kept, by estimate. */
async function bytesOfThree(): Promise<number> {
  const { directory, lists: kept } = lists();
  fill(directory, 'a', 3);
  await targetsOf(kept, 'a');
  return kept.bytes;
}

test('a list that did not move is not read again', async () => {
  const { directory, lists: kept } = lists();
  fill(directory, 'a', 3);
  for (let batch = 0; batch < 3; batch++) assert.equal((await targetsOf(kept, 'a')).length, 3);
  assert.deepEqual(directory.reads, ['version a', 'interests a', 'version a', 'version a']);
});

test('a change that comes between the reads of version and list is seen again by the next batch', async () => {
  const { directory, lists: kept } = lists();
  fill(directory, 'a', 1);
  const version = directory.version.bind(directory);
  directory.version = async (tenant) => {
    const found = await version(tenant);
    // Made before this list is read: the version that was read before it must not stand for it.
    directory.put(tenant, { id: 'late' });
    directory.version = version;
    return found;
  };
  assert.equal((await targetsOf(kept, 'a')).length, 2);
  directory.remove('a', 'late');
  assert.equal((await targetsOf(kept, 'a')).length, 1);
  assert.equal(directory.reads.filter((read) => read === 'interests a').length, 2);
});

test('events of one tenant share one read', async () => {
  const { directory, lists: kept } = lists();
  directory.pageSize = 2;
  fill(directory, 'a', 5);
  const events = [matching(), matching(), matching('other')];
  for await (const _ of kept.match('a', events));
  assert.deepEqual(
    events.map(({ targets }) => targets.length),
    [5, 5, 5],
  );
  assert.deepEqual(directory.pages, ['a after null', 'a after s0001', 'a after s0003']);
});

test('what is kept is bounded by memory: the tenants not met for longest go first', async () => {
  const { directory, lists: kept } = lists(2.5 * (await bytesOfThree()));
  for (const tenant of ['a', 'b', 'c']) fill(directory, tenant, 3);
  const ask = async (tenant: string): Promise<boolean> => {
    directory.reads.length = 0;
    assert.equal((await targetsOf(kept, tenant)).length, 3);
    return directory.reads.includes(`interests ${tenant}`);
  };
  assert.deepEqual([await ask('a'), await ask('b'), await ask('a')], [true, true, false]);
  assert.equal(await ask('c'), true, 'c is new');
  assert.equal(await ask('a'), false, 'a was met lately');
  assert.equal(await ask('b'), true, 'b had to make room');
});

test('a tenant too large to be kept is read page by page each time, and others stay', async () => {
  const { directory, lists: kept } = lists(3 * (await bytesOfThree()));
  directory.pageSize = 7;
  fill(directory, 'large', 50);
  fill(directory, 'small', 3);
  await targetsOf(kept, 'small');
  const small = kept.bytes;
  for (let batch = 0; batch < 3; batch++) assert.equal((await targetsOf(kept, 'large')).length, 50);
  assert.equal(kept.bytes, small);
  assert.equal(directory.reads.filter((read) => read === 'interests large').length, 3);
  await targetsOf(kept, 'small');
  assert.equal(directory.reads.filter((read) => read === 'interests small').length, 1);
});

test('the text of filters counts, whoever asks, and so do types', async () => {
  const { directory, lists: kept } = lists();
  const filter = { data: { name: ['x'.repeat(8_000)] } };
  const eventTypes = Array.from({ length: 100 }, (_, i) => `${'t'.repeat(100)}.${i}`);
  directory.put('a', { id: 's1', eventTypes: ['never'], filter });
  await targetsOf(kept, 'a');
  const filtered = kept.bytes;
  directory.put('a', { id: 's1', eventTypes });
  await targetsOf(kept, 'a');
  assert.ok(filtered > 8_000 && filtered < 9_000, `${filtered} bytes`);
  assert.ok(kept.bytes > 30_000 && kept.bytes < 40_000, `${kept.bytes} bytes`);
});

test('a failing read is not remembered, and takes no room', async () => {
  const { directory, lists: kept } = lists();
  fill(directory, 'a', 1);
  const interests = directory.interests.bind(directory);
  directory.interests = async function* () {
    yield { interests: [{ id: 's0000', eventTypes: ['*'], filter: null }], isLast: false };
    throw new Error('down');
  };
  await assert.rejects(targetsOf(kept, 'a'), /down/);
  assert.equal(kept.bytes, 0);
  directory.interests = interests;
  assert.equal((await targetsOf(kept, 'a')).length, 1);
});

test('an event that was left on its way goes on from there, and nobody is met twice', async () => {
  const { directory, lists: kept } = lists();
  directory.pageSize = 2;
  fill(directory, 'a', 5);
  const [event, other] = [matching(), matching()];
  const pass = kept.match('a', [event]);
  await pass.next();
  await pass.return();
  assert.deepEqual([event.targets.length, event.after, kept.bytes], [2, 's0001', 0]);
  directory.put('a', { id: 's0000x' });
  for await (const _ of kept.match('a', [event, other]));
  assert.deepEqual(event.targets, [0, 1, 2, 3, 4].map(idOf));
  assert.equal(other.targets.length, 6);
});

test('it goes on in a list that is kept meanwhile, too', async () => {
  const { directory, lists: kept } = lists();
  directory.pageSize = 2;
  fill(directory, 'a', 5);
  const event = matching();
  const pass = kept.match('a', [event]);
  await pass.next();
  await pass.return();
  await targetsOf(kept, 'a');
  const reads = directory.reads.length;
  for await (const _ of kept.match('a', [event]));
  assert.deepEqual(event.targets, [0, 1, 2, 3, 4].map(idOf));
  assert.deepEqual(directory.reads.slice(reads), ['version a']);
});

test('much work has pauses in it, also in a list that is kept', async () => {
  const { directory, lists: kept } = lists();
  const fields = Array.from({ length: 99 }, (_, i) => ({ [`f${i}`]: [1] }));
  for (let i = 0; i < 8; i++) directory.put('a', { id: idOf(i), filter: { data: { $or: fields } } });
  await targetsOf(kept, 'a');
  const pass = kept.match('a', [matching('a.b', `[${Array(4_000).fill('{}').join()}]`)]);
  let pauses = 0;
  while (!(await pass.next()).done) pauses++;
  assert.ok(pauses >= 2, `${pauses} pauses in 8 × 400,000 steps`);
});

const COSTLY = { data: { $or: Array.from({ length: 99 }, (_, i) => ({ [`f${i}`]: [1] })) } };
const DEAR = `[${Array(80_000).fill('{}').join()}]`;

test('a list that was read whole is kept though its events had more to ask it', async () => {
  const { directory, lists: kept } = lists();
  for (let i = 0; i < 8; i++) directory.put('a', { id: idOf(i), filter: COSTLY });
  const event = matching('a.b', DEAR);
  const pass = kept.match('a', [event]);
  assert.equal((await pass.next()).done, false);
  await pass.return();
  assert.deepEqual([event.isThrough, event.after !== null], [false, true]);
  for await (const _ of kept.match('a', [event]));
  assert.equal(event.isThrough, true);
  assert.deepEqual(directory.reads, ['version a', 'interests a', 'version a']);
});

test('work counts what is read and what is asked, from where an event is', async () => {
  const { directory, lists: kept } = lists();
  const filter = { data: { n: [1] } };
  for (let i = 0; i < 2; i++) directory.put('a', { id: idOf(i), filter });
  const [first, second] = [matching(), matching()];
  for await (const _ of kept.match('a', [first]));
  for await (const _ of kept.match('a', [second]));
  assert.ok(first.work - second.work > 2 * JSON.stringify(filter).length, 'filters are read once');
  assert.ok(second.work > second.steps + 2, 'and its data for each event');
});
