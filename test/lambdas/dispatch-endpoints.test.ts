import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SendOutcome } from '../../core/dispatch/ports.ts';
import type { Subscription } from '../../core/subscription.ts';
import { eventEnvelope } from '../support/delivery-messages.ts';
import { answer, DispatchWorld, received } from '../support/dispatch-world.ts';
import { subscription } from '../support/subscription.ts';

const HOUR = 3_600_000;
const TIMEOUT: SendOutcome = {
  kind: 'unanswered',
  error: 'timeout',
  detail: '',
  durationMs: 15_000,
  timings: null,
};

const first = (id: string) => received(['sub_1'], { event: eventEnvelope({ id }) });

async function world(fields: Partial<Subscription> = {}): Promise<DispatchWorld> {
  const made = new DispatchWorld();
  await made.subscriptions.create(subscription(fields));
  return made;
}

/** The owner mends the URL. */
async function mend(w: DispatchWorld): Promise<void> {
  const before = await w.subscriptions.get('acme', 'sub_1');
  assert.ok(before);
  const revision = before.revision + 1;
  const url = 'https://new.example/hook';
  const after = { ...before, url, revision, endpointRevision: revision };
  assert.equal(await w.subscriptions.replace(before, after), 'replaced');
}

/** The owner deletes the subscription and makes another with the same id. */
async function makeAnew(w: DispatchWorld): Promise<void> {
  assert.ok(await w.subscriptions.remove('acme', 'sub_1'));
  assert.equal(await w.subscriptions.create(subscription({ createdAt: w.clock.now() })), 'created');
}

const isNew = (url: string): boolean => url.startsWith('https://new.example/');

test('C094: a 410 of the old URL, sent to from a copy, leaves the mended subscription enabled, and its delivery alive', async () => {
  const w = await world();
  const environment = w.environment();
  await environment.run([first('evt_warm')]);
  await mend(w);
  w.respond = ({ url }) => (isNew(url) ? answer(200) : answer(410));
  await environment.run([first('evt_1')]);
  assert.equal((await w.subscriptions.get('acme', 'sub_1'))?.status, 'active');
  assert.equal(w.deadLetterQueue.sent.length, 0);
  assert.deepEqual(w.told, []);
  const [retry] = w.deliveries.bodies;
  await environment.run([{ messageId: 'retry', body: retry ?? '', receiveCount: 1 }]);
  assert.deepEqual(
    w.requests.map(({ url }) => isNew(url)),
    [false, false, true],
  );
  assert.equal(w.log.rows.at(-1)?.status, 'succeeded');
});

test('C094: a 410 that comes after the URL was mended, of an attempt that began before, changes nothing', async () => {
  const w = await world();
  w.destination = async () => {
    await mend(w);
    return answer(410);
  };
  await w.run([first('evt_1')]);
  assert.equal((await w.subscriptions.get('acme', 'sub_1'))?.status, 'active');
  assert.equal(w.deadLetterQueue.sent.length, 0);
  assert.deepEqual(
    w.next.map(({ attempt }) => attempt),
    [2],
  );
});

test('C094: a 410 of the URL that counts still ends the delivery and disables the subscription', async () => {
  const w = await world();
  w.respond = () => answer(410);
  await w.run([first('evt_1')]);
  assert.equal((await w.subscriptions.get('acme', 'sub_1'))?.status, 'disabled');
  assert.equal(w.deadLetterQueue.sent.length, 1);
});

test('C094: 72 hours of failures of the old URL do not disable the new one after its first', async () => {
  const w = await world();
  w.respond = () => answer(500);
  for (let i = 0; i < 12; i++) {
    await w.run([first(`evt_${i}`)]);
    w.clock.advance(HOUR);
  }
  await mend(w);
  w.clock.advance(72 * HOUR);
  await w.run([first('evt_last')]);
  assert.equal((await w.subscriptions.get('acme', 'sub_1'))?.status, 'active');
});

test('C094: neither breaker nor slow lane of the old URL holds the new one back, in an environment that knew it', async () => {
  const w = await world();
  const environment = w.environment();
  w.respond = ({ url }) => (isNew(url) ? answer(200) : TIMEOUT);
  for (let i = 0; i < 10; i++)
    await environment.run([
      received(['sub_1'], { event: eventEnvelope({ id: `evt_${i}` }), held: { slow: true, slotAt: null } }),
    ]);
  await environment.run([first('evt_held')]);
  assert.equal(w.requests.length, 10, 'the breaker is open');
  await mend(w);
  w.clock.advance(10_001);
  await environment.run([first('evt_new')]);
  assert.equal(w.requests.filter(({ url }) => isNew(url)).length, 1);
  assert.equal(w.slowDeliveries.sent.filter(({ body }) => body.includes('evt_new')).length, 0);
});

test('C094: health read before the URL was mended does not apply to a subscription read after it', async () => {
  const w = await world();
  const environment = w.environment();
  w.respond = ({ url }) => (isNew(url) ? answer(200) : answer(500));
  for (let i = 0; i < 10; i++) await environment.run([first(`evt_${i}`)]);
  // The copy of the subscription is old enough to be read again; that of its health was read a moment ago.
  w.clock.advance(8_000);
  await environment.run([first('evt_held')]);
  assert.equal(w.requests.length, 10, 'the breaker is open');
  await mend(w);
  w.clock.advance(2_001);
  await environment.run([first('evt_new')]);
  assert.deepEqual(
    w.requests.slice(10).map(({ url }) => isNew(url)),
    [true],
  );
});

test('C099: a subscription made again under its id starts healthy: no breaker, no slow lane, no backlog of its pace', async () => {
  const rateLimit = { perSecond: 1 };
  const w = await world({ rateLimit });
  w.respond = () => TIMEOUT;
  for (let i = 0; i < 10; i++) {
    await w.run([
      received(['sub_1'], { event: eventEnvelope({ id: `evt_${i}` }), held: { slow: true, slotAt: null } }),
    ]);
    w.clock.advance(2_000);
  }
  await w.run(Array.from({ length: 10 }, (_, i) => first(`evt_more_${i}`)));
  assert.equal(w.requests.length, 10);
  await w.subscriptions.remove('acme', 'sub_1');
  await w.subscriptions.create(subscription({ rateLimit, createdAt: w.clock.now() }));
  w.respond = () => answer(200);
  await w.run([first('evt_again')]);
  assert.equal(w.requests.length, 11);
});

test('C099: what an attempt for the deleted subscription comes to, is not held against the one made after it', async () => {
  const w = await world();
  w.respond = () => answer(500);
  for (let i = 0; i < 9; i++) await w.run([first(`evt_${i}`)]);
  w.destination = async () => {
    await makeAnew(w);
    return answer(500);
  };
  await w.run([first('evt_late')]);
  w.destination = null;
  await w.run([first('evt_1')]);
  const health = (await w.health.load('acme', ['sub_1'])).get('sub_1');
  assert.deepEqual([health?.failures, health?.openings], [1, 0]);
});

test('C099: 73 hours after it was made again, one failure does not disable it', async () => {
  const w = await world();
  w.respond = () => answer(500);
  for (let i = 0; i < 10; i++) await w.run([first(`evt_${i}`)]);
  await makeAnew(w);
  w.clock.advance(73 * HOUR);
  await w.run([first('evt_1')]);
  assert.equal((await w.subscriptions.get('acme', 'sub_1'))?.status, 'active');
});
