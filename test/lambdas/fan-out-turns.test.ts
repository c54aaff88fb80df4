import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAN_OUT, FILTER } from '../../contract/limits.ts';
import type { FanOutProgress } from '../../contract/messages.ts';
import { decodeEventMessage, encodeMessage } from '../../core/message.ts';
import { fanOutBench } from '../support/fan-out-bench.ts';

type Bench = ReturnType<typeof fanOutBench>;

/** A filter that takes more steps than it may on `DEAR`, and few on any ordinary event. */
const COSTLY = { data: { $or: Array.from({ length: 99 }, (_, i) => ({ [`f${i}`]: [1] })) } };
const DEAR = `[${Array(80_000).fill('{}').join()}]`;
/** A piece of work ends with the filter, or the data, with which it gets too much. */
const PIECE = 3 * FILTER.maxSteps;

const idOf = (i: number): string => `s${String(i).padStart(5, '0')}`;

function subscribeDearly(bench: Bench, tenant: string, count: number): void {
  for (let i = 0; i < count; i++) bench.directory.put(tenant, { id: idOf(i), filter: COSTLY });
}

const dear = (tenant: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({ tenant, id: `${tenant}-${i}`, data: DEAR }));

const progressOf = (body: string): FanOutProgress | undefined => decodeEventMessage(body).header.progress;

/** A queue that hands out ten at a time, in order; what is put back is behind the others. */
function queueOf(bench: Bench, bodies: string[]) {
  return {
    bodies,
    run: async (): Promise<void> => {
      assert.deepEqual(await bench.receive(bodies.splice(0, 10)), []);
      bodies.push(...bench.events.sent.splice(0).map(({ body }) => body));
    },
    /** Steps taken for events that are not through. */
    steps: () => bodies.reduce((sum, body) => sum + (progressOf(body)?.steps ?? 0), 0),
  };
}

test('an event behind twenty for sixty dear filters waits for three runs, of bounded work each, and not until they are through', async () => {
  const bench = fanOutBench();
  subscribeDearly(bench, 'noisy', 60);
  bench.directory.put('quiet', { id: 'one' });
  const posted = [...dear('noisy', 20), { tenant: 'quiet', id: 'e' }];
  const queue = queueOf(bench, posted.map(bench.message));
  for (let run = 1; run <= 3; run++) {
    assert.deepEqual(bench.targets(), [], 'it is the last of the queue');
    await queue.run();
    const steps = queue.steps();
    assert.ok(steps <= run * (FAN_OUT.maxStepsOfRun + PIECE), `${steps} steps after ${run} runs`);
    assert.ok(steps >= (run * FAN_OUT.maxStepsOfRun) / 2, `${steps} steps after ${run} runs`);
  }
  assert.deepEqual(bench.targets(), ['e one']);
});

test('in one batch with them it is sent before they are worked on further', async () => {
  const bench = fanOutBench();
  subscribeDearly(bench, 'noisy', 60);
  bench.directory.put('quiet', { id: 'one' });
  bench.pauses.before = () => assert.deepEqual(bench.targets(), ['e one']);
  await bench.fanOut(...dear('noisy', 9), { tenant: 'quiet', id: 'e' });
  assert.ok(bench.pauses.count > 3);
});

test('events that go back to the queue again and again lose nothing: each subscription hears of each once', async () => {
  const bench = fanOutBench();
  subscribeDearly(bench, 'noisy', 12);
  bench.directory.put('noisy', { id: 'z' });
  const queue = queueOf(bench, dear('noisy', 3).map(bench.message));
  for (let run = 0; queue.bodies.length > 0; run++) {
    assert.ok(run < 20, 'it ends');
    await queue.run();
  }
  const told = bench
    .deliveries()
    .map(({ header }) => [header.event.id, header.giveUp, header.targets.length]);
  const expected = [0, 1, 2].flatMap((i) => [
    [`noisy-${i}`, undefined, 1],
    [`noisy-${i}`, 'filter-too-costly', 12],
  ]);
  assert.deepEqual(told, expected);
  assert.equal(new Set(bench.targets()).size, 3 * 13);
  assert.equal((await bench.store.get('noisy', 'noisy-2'))?.matched, 13);
});

test('of tenants that both need more than a run, each comes on in it, however many events it has', async () => {
  const bench = fanOutBench();
  for (const tenant of ['noisy', 'other']) subscribeDearly(bench, tenant, 40);
  await bench.fanOut(...dear('noisy', 9), ...dear('other', 1));
  const [other, ...noisy] = Map.groupBy(bench.events.sent, ({ group }) => group === 'noisy')
    .values()
    .map((sent) => sent.reduce((sum, { body }) => sum + (progressOf(body)?.steps ?? 0), 0))
    .toArray()
    .sort((a, b) => a - b);
  assert.equal(noisy.length, 1);
  assert.ok((other ?? 0) > FAN_OUT.maxStepsOfRun / 4, `${other} steps`);
});

test('an event that found more subscriptions than a message holds does not go back: it is worked on to its end', async () => {
  const bench = fanOutBench();
  const long = (i: number) => idOf(i).padEnd(128, 'x');
  for (let i = 0; i < 9_000; i++) bench.directory.put('acme', { id: long(i) });
  for (let i = 0; i < 15; i++) bench.directory.put('acme', { id: `z${idOf(i)}`, filter: COSTLY });
  assert.deepEqual(await bench.fanOut({ data: DEAR }), []);
  assert.equal(bench.events.sent.length, 0);
  assert.equal((await bench.store.get('acme', 'evt_1'))?.matched, 9_015);
  // The list is known now: those behind it have found nothing yet, and can wait.
  assert.deepEqual(await bench.fanOut(...dear('acme', 3)), []);
  assert.equal((await bench.store.get('acme', 'acme-0'))?.matched, 9_015);
  assert.deepEqual(
    bench.events.sent.map(({ body }) => decodeEventMessage(body).header.event.id),
    ['acme-1', 'acme-2'],
  );
});

test('a list of several pages is read to its end, and kept, though the work of the run is done', async () => {
  const bench = fanOutBench();
  bench.directory.pageSize = 3;
  subscribeDearly(bench, 'noisy', 12);
  const queue = queueOf(bench, dear('noisy', 1).map(bench.message));
  await queue.run();
  const after = progressOf(queue.bodies[0] ?? '')?.after;
  assert.ok(after && after < idOf(11), `it came to ${after}`);
  const pages = bench.directory.pages.length;
  assert.equal(pages, 5);
  while (queue.bodies.length > 0) await queue.run();
  assert.equal(bench.directory.pages.length, pages, 'none is read again');
  assert.equal(new Set(bench.targets()).size, 12);
});

test('a list too large to be kept is not read on when the work of the run is done', async () => {
  const bench = fanOutBench(1_000);
  bench.directory.pageSize = 3;
  subscribeDearly(bench, 'noisy', 12);
  const queue = queueOf(bench, dear('noisy', 1).map(bench.message));
  await queue.run();
  assert.ok(bench.directory.pages.length < 5, `${bench.directory.pages.length} pages`);
  while (queue.bodies.length > 0) await queue.run();
  assert.equal(new Set(bench.targets()).size, 12);
});

test('one that was put back ten times is worked on alone, and the others of its tenant later', async () => {
  const bench = fanOutBench(1_000);
  bench.directory.pageSize = 2;
  for (let i = 0; i < 9; i++) bench.directory.put('huge', { id: idOf(i) });
  const progress = { turns: FAN_OUT.turnsTogether, after: idOf(5), targets: [idOf(5)], costly: [], steps: 0 };
  const { header, data } = decodeEventMessage(bench.message({ tenant: 'huge', id: 'old' }));
  const young = ['e1', 'e2'].map((id) => bench.message({ tenant: 'huge', id }));
  const batch = [...young, encodeMessage({ ...header, progress }, data), bench.message({ tenant: 'quiet' })];
  assert.deepEqual(await bench.receive(batch), []);
  assert.deepEqual(
    bench.targets(),
    [5, 6, 7, 8].map((i) => `old ${idOf(i)}`),
  );
  assert.deepEqual(bench.directory.pages.filter((page) => page.startsWith('huge')).length, 2);
  const later = bench.events.sent.map(({ body }) => decodeEventMessage(body).header);
  assert.deepEqual(
    later.map(({ event, progress }) => [event.id, progress?.turns, progress?.after]),
    [
      ['e1', 1, null],
      ['e2', 1, null],
    ],
  );
});
