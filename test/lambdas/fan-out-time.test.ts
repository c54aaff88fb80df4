import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAN_OUT } from '../../contract/limits.ts';
import type { FanOutProgress } from '../../contract/messages.ts';
import { decodeEventMessage, encodeMessage } from '../../core/message.ts';
import { fanOutBench } from '../support/fan-out-bench.ts';
import { lambdaContext } from '../support/http-event.ts';

type Bench = ReturnType<typeof fanOutBench>;

const idOf = (i: number): string => `s${String(i).padStart(4, '0')}`;

/** A bench with a tenant of seven subscriptions in pages of two, and a small one. */
function world(keptBytes?: number): Bench {
  const bench = fanOutBench(keptBytes);
  bench.directory.pageSize = 2;
  for (let i = 0; i < 7; i++) bench.directory.put('huge', { id: idOf(i) });
  bench.directory.put('small', { id: 'one' });
  return bench;
}

/** A time that is up once so many pages of the huge tenant were read. */
function timeForPages(bench: Bench, pages: number) {
  const before = bench.directory.pages.length;
  const read = () => bench.directory.pages.slice(before).filter((page) => page.startsWith('huge')).length;
  return {
    ...lambdaContext(),
    getRemainingTimeInMillis: () => (read() >= pages ? FAN_OUT.sendMs - 1 : 60_000),
  };
}

const progressOf = (body: string | undefined): FanOutProgress | undefined =>
  decodeEventMessage(body ?? '').header.progress;

/** Hands what was put back over again, with all the time there is, until nothing is. */
async function carryOn(bench: Bench): Promise<void> {
  for (let turn = 0; bench.events.sent.length > 0; turn++) {
    assert.ok(turn < 20, 'it ends');
    const bodies = bench.events.sent.splice(0).map(({ body }) => body);
    assert.deepEqual(await bench.receive(bodies), []);
  }
}

test('an event for more subscriptions than the time suffices for goes back with what was found, once the others are sent', async () => {
  const bench = world();
  const bodies = [
    { tenant: 'huge', id: 'e1', data: '{"x":1}' },
    { tenant: 'small', id: 'e2' },
  ].map(bench.message);
  assert.deepEqual(await bench.receive(bodies, 1, timeForPages(bench, 3)), []);
  assert.deepEqual(bench.targets(), ['e2 one']);
  assert.equal(await bench.store.get('huge', 'e1'), null, 'nothing of it is on record');
  const [back, ...more] = bench.events.sent;
  assert.deepEqual([more.length, back?.group], [0, 'huge']);
  assert.deepEqual(progressOf(back?.body), {
    turns: 1,
    after: idOf(3),
    targets: [0, 1, 2, 3].map(idOf),
    costly: [],
    steps: 0,
  });
  assert.equal(bench.meter.sum('EventsPutBack'), 1);
  const { putBackIds, putBackTenants } = bench.log.of('fan-out.done')[0]?.fields ?? {};
  assert.deepEqual([putBackIds, putBackTenants], [['e1'], ['huge']]);
  const pages = bench.directory.pages.length;
  await carryOn(bench);
  assert.deepEqual(
    bench.targets().slice(1),
    [0, 1, 2, 3, 4, 5, 6].map((i) => `e1 ${idOf(i)}`),
  );
  assert.equal((await bench.store.get('huge', 'e1'))?.matched, 7);
  assert.equal((await bench.store.get('huge', 'e1'))?.data, '{"x":1}');
  assert.deepEqual(bench.directory.pages.slice(pages), ['huge after s0003', 'huge after s0005']);
});

test('a worker that dies after it put an event back makes no delivery twice', async () => {
  const bench = world();
  const body = bench.message({ tenant: 'huge', id: 'e1' });
  await bench.receive([body], 1, timeForPages(bench, 2));
  // The message it was made from comes again, and is done before the copy with the progress is.
  assert.deepEqual(await bench.receive([body], 2), []);
  const sent = bench.targets();
  assert.equal(sent.length, 7);
  bench.deliveryLog.startedSubscriptions = async () => new Set([0, 1, 2, 3, 4, 5, 6].map(idOf));
  await carryOn(bench);
  assert.deepEqual(bench.targets(), sent);
  assert.equal((await bench.store.get('huge', 'e1'))?.matched, 7);
});

test('ten events of a tenant too large to keep share one pass, and each goes on from where it is', async () => {
  const bench = world(1_000);
  const posted = Array.from({ length: 9 }, (_, i) => ({ tenant: 'huge', id: `e${i}` }));
  const first = await bench.receive(posted.map(bench.message), 1, timeForPages(bench, 3));
  assert.deepEqual([first, bench.targets(), bench.events.sent.length], [[], [], 9]);
  const bodies = bench.events.sent.splice(0).map(({ body }) => body);
  const late = bench.message({ tenant: 'huge', id: 'late' });
  bench.directory.pages.length = 0;
  assert.deepEqual(await bench.receive([...bodies, late]), []);
  assert.equal(bench.directory.pages.length, 4, 'one pass, for the sake of the late one from the start');
  assert.equal(new Set(bench.targets()).size, 70);
  assert.equal(bench.targets().length, 70);
});

test('time that is up before an event is begun costs it nothing: it goes back as it is', async () => {
  const bench = world(1_000);
  const bodies = [
    { tenant: 'huge', id: 'e1' },
    { tenant: 'huge', id: 'e2', requestId: 'r2' },
  ].map(bench.message);
  assert.deepEqual(await bench.receive(bodies, [2, 2], timeForPages(bench, 2)), []);
  const turns = bench.events.sent.map(({ body }) => [progressOf(body)?.turns, progressOf(body)?.after]);
  assert.deepEqual(turns, [
    [1, idOf(1)],
    [1, null],
  ]);
  await carryOn(bench);
  assert.equal(new Set(bench.targets()).size, 14);
});

test('however little time there is, a page is done each time, so it ends', async () => {
  const bench = world(1_000);
  let bodies = [bench.message({ tenant: 'huge', id: 'e1' })];
  for (let turn = 1; turn <= 3; turn++) {
    assert.deepEqual(await bench.receive(bodies, 1, lambdaContext(1)), []);
    bodies = bench.events.sent.splice(0).map(({ body }) => body);
    assert.deepEqual(
      [progressOf(bodies[0])?.turns, progressOf(bodies[0])?.after],
      [turn, idOf(2 * turn - 1)],
    );
  }
  assert.deepEqual(await bench.receive(bodies), []);
  assert.equal(bench.targets().length, 7);
});

test('an event that was put back as often as may be comes again as failed, to end in the poison queue', async () => {
  const bench = world(1_000);
  const progress = { turns: FAN_OUT.maxTurns, after: null, targets: [], costly: [], steps: 0 };
  const { header, data } = decodeEventMessage(bench.message({ tenant: 'huge' }));
  assert.deepEqual(
    await bench.receive([encodeMessage({ ...header, progress }, data)], 1, lambdaContext(1)),
    [0],
  );
  assert.equal(bench.events.sent.length, 0);
  assert.match(
    String(bench.log.of('fan-out.failed')[0]?.cause),
    new RegExp(`put back ${FAN_OUT.maxTurns} times`),
  );
});

test('a list that can be read no further gives back what was found, for later; one that can not be read at all, nothing', async () => {
  const bench = world();
  const interests = bench.directory.interests.bind(bench.directory);
  let pages = 1;
  bench.directory.interests = async function* (tenant, after) {
    for await (const page of interests(tenant, after)) {
      if (pages-- <= 0) throw new Error('throttled');
      yield page;
    }
  };
  const body = bench.message({ tenant: 'huge', id: 'e1' });
  assert.deepEqual(await bench.receive([body]), []);
  assert.equal(bench.events.sent[0]?.delaySeconds, 10);
  assert.equal(progressOf(bench.events.sent[0]?.body)?.after, idOf(1));
  assert.deepEqual(await bench.receive([body]), [0]);
  assert.equal(bench.events.sent.length, 1);
  pages = 100;
  await carryOn(bench);
  assert.equal(bench.targets().length, 7);
});

test('an event that can not be put back comes again', async () => {
  const bench = world();
  bench.events.refuses = () => true;
  const body = bench.message({ tenant: 'huge', id: 'e1' });
  assert.deepEqual(await bench.receive([body], 1, timeForPages(bench, 2)), [0]);
  assert.deepEqual(await bench.receive([body], 2), []);
  assert.equal(bench.targets().length, 7);
});

test('what is found too costly is not forgotten when an event is put back, nor the steps that were taken', async () => {
  const bench = world();
  const $or = Array.from({ length: 99 }, (_, i) => ({ [`f${i}`]: [1] }));
  bench.directory.put('huge', { id: 's0000', filter: { data: { $or } } });
  const data = `[${Array(80_000).fill('{}').join()}]`;
  const body = bench.message({ tenant: 'huge', id: 'e1', data });
  assert.deepEqual(await bench.receive([body], 1, timeForPages(bench, 2)), []);
  const progress = progressOf(bench.events.sent[0]?.body);
  assert.deepEqual([progress?.costly, progress?.targets], [[idOf(0)], [idOf(1)]]);
  assert.ok((progress?.steps ?? 0) > 1_000_000);
  await carryOn(bench);
  const told = bench.deliveries().map(({ header }) => [header.targets.length, header.giveUp]);
  assert.deepEqual(told, [
    [6, undefined],
    [1, 'filter-too-costly'],
  ]);
});

test('what there is no time left to send comes again, and is not sent twice', async () => {
  const bench = fanOutBench();
  for (let i = 0; i < 100; i++) bench.directory.put('acme', { id: idOf(i) });
  const own = bench.store.own.bind(bench.store);
  let left = 60_000;
  bench.store.own = async (record) => {
    left = FAN_OUT.deadlineMarginMs - 1;
    return own(record);
  };
  const context = { ...lambdaContext(), getRemainingTimeInMillis: () => left };
  assert.deepEqual(await bench.receive([bench.message({})], 1, context), [0]);
  assert.deepEqual(bench.targets(), []);
  bench.store.own = own;
  assert.deepEqual(await bench.receive([bench.message({})], 2), []);
  assert.equal(bench.targets().length, 100);
});
