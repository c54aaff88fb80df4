import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeDeliveryMessage, decodeEventMessage } from '../../core/message.ts';
import { eventEnvelope } from '../support/delivery-messages.ts';
import { answer, DispatchWorld, received } from '../support/dispatch-world.ts';
import { subscription } from '../support/subscription.ts';

async function world(fields: Parameters<typeof subscription>[0] = {}): Promise<DispatchWorld> {
  const made = new DispatchWorld();
  await made.subscriptions.create(subscription(fields));
  return made;
}

const first = (id: string) => received(['sub_1'], { event: eventEnvelope({ id }) });

test('ten failures in a row leave an endpoint alone until its probe; one probe goes, and success lets all through', async () => {
  const w = await world();
  w.respond = () => answer(500);
  for (let i = 0; i < 10; i++) await w.run([first(`evt_${i}`)]);
  const retries = w.deliveries.sent.length;
  await w.run([first('evt_held')]);
  assert.equal(w.requests.length, 10);
  const held = w.next[retries];
  assert.deepEqual([held?.attempt, held?.step], [1, 0]);
  assert.ok((held?.delaySeconds ?? 0) >= 30);
  w.clock.advance(31_000);
  w.respond = () => answer(200);
  await w.run([first('evt_probe')]);
  assert.equal(w.requests.length, 11);
  await w.run([first('evt_after')]);
  assert.equal(w.requests.length, 12);
  const told = w.events.bodies.map((body) => decodeEventMessage(body).header.event.type);
  assert.deepEqual(told, ['subscription.recovered']);
});

test('being held back uses up no attempt and leaves no row', async () => {
  const w = await world();
  w.respond = () => answer(500);
  for (let i = 0; i < 10; i++) await w.run([first(`evt_${i}`)]);
  const rows = w.log.rows.length;
  for (let i = 0; i < 5; i++) await w.run([first('evt_held')]);
  assert.equal(w.log.rows.length, rows);
});

test('a subscription that times out moves to the slow lane, and its deliveries go on there', async () => {
  const w = await world();
  w.respond = () => ({ kind: 'unanswered', error: 'timeout', detail: '', durationMs: 15_000, timings: null });
  await w.run([first('evt_1')]);
  await w.run([first('evt_2')]);
  assert.equal(w.requests.length, 1);
  const [moved] = w.slowDeliveries.bodies.map((body) => decodeDeliveryMessage(body).header);
  assert.deepEqual([moved?.attempt, moved?.held], [1, { slow: true, slotAt: null }]);
  await w.run([{ messageId: 'slow', body: w.slowDeliveries.bodies[0] ?? '', receiveCount: 1 }]);
  assert.equal(w.requests.length, 2);
});

test('a rate limit lets one second of deliveries through and spreads the rest, reserved with one update', async () => {
  const w = await world({ rateLimit: { perSecond: 5 } });
  let reservations = 0;
  const reserve = w.health.reserve.bind(w.health);
  w.health.reserve = (...args) => {
    reservations++;
    return reserve(...args);
  };
  await w.run(Array.from({ length: 20 }, (_, i) => first(`evt_${i}`)));
  // Five at once, and five more whose moments are near enough to be waited for.
  assert.equal(w.requests.length, 10);
  assert.equal(reservations, 1);
  const bySecond = Map.groupBy(w.next, ({ delaySeconds }) => delaySeconds);
  assert.deepEqual(
    [...bySecond].map(([second, held]) => [second, held.length]),
    [
      [1, 4],
      [2, 5],
      [3, 1],
    ],
  );
});

test('a reserved moment is used without reserving again', async () => {
  const w = await world({ rateLimit: { perSecond: 1 } });
  await w.run([first('evt_1'), first('evt_2'), first('evt_3')]);
  w.clock.advance(2_000);
  await w.run([{ messageId: 'held', body: w.deliveries.bodies[0] ?? '', receiveCount: 1 }]);
  assert.equal(w.requests.length, 3);
});

test('72 hours of nothing but failure over ten events disable a subscription, and the owner hears of it once', async () => {
  const w = await world();
  w.respond = () => answer(500);
  for (let i = 0; i < 9; i++) await w.run([first(`evt_${i}`)]);
  w.clock.advance(72 * 3_600_000);
  await w.run([first('evt_last')]);
  assert.equal((await w.subscriptions.get('acme', 'sub_1'))?.status, 'disabled');
  const told = w.events.bodies.map((body) => decodeEventMessage(body).header.event.type);
  assert.deepEqual(told, ['subscription.disabled']);
});

test("what happens to the system's own subscriptions causes no further events", async () => {
  const w = await world({ tenant: 'fanfare.system' });
  w.respond = () => answer(410);
  await w.run([received(['sub_1'], { event: eventEnvelope({ tenant: 'fanfare.system' }) })]);
  assert.equal(w.requests.length, 1);
  assert.equal(w.events.sent.length, 0);
});

test('C091: a customer who fails is no failure of ours', async () => {
  const w = await world({ retrySchedule: [] });
  w.respond = () => answer(404);
  assert.deepEqual(await w.run([first('evt_1')]), []);
  assert.equal(w.deadLetterQueue.sent.length, 1);
  assert.deepEqual(
    w.lines.lines.filter(({ level }) => level === 'error'),
    [],
  );
});

test('C095: an attempt asked for by hand passes a breaker that is open, and keeps the pace', async () => {
  const w = await world({ rateLimit: { perSecond: 1 } });
  w.respond = () => answer(500);
  for (let i = 0; i < 10; i++) {
    await w.run([first(`evt_${i}`)]);
    w.clock.advance(1_000);
  }
  const earlier = [w.requests.length, w.deliveries.sent.length];
  const byHand = (run: string) =>
    received(['sub_1'], { run, attempt: 2, trigger: 'manual', event: eventEnvelope({ id: 'evt_0' }) });
  await w.run(Array.from({ length: 6 }, (_, i) => ({ ...byHand(`run_${i}`), messageId: `m${i}` })));
  assert.deepEqual([w.requests.length, w.deliveries.sent.length], [10 + 2, (earlier[1] ?? 0) + 4]);
  const held = w.next.slice(earlier[1]);
  assert.deepEqual(
    held.map(({ trigger, attempt, delaySeconds }) => [trigger, attempt, delaySeconds]),
    [1, 2, 3, 4].map((delay) => ['manual', 2, delay + 1]),
  );
});
