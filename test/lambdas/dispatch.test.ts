import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldDelivery } from '../../core/delivery-fold.ts';
import { decodeDeadLetterMessage, decodeEventMessage, isLateRow } from '../../core/message.ts';
import { answer, DispatchWorld, received } from '../support/dispatch-world.ts';
import { subscription } from '../support/subscription.ts';

async function world(
  ...subscriptions: readonly Parameters<typeof subscription>[0][]
): Promise<DispatchWorld> {
  const made = new DispatchWorld();
  for (const fields of subscriptions) await made.subscriptions.create(subscription(fields));
  return made;
}

const url = (id: string): string => `https://${id.replace('_', '-')}.example/hook`;
const many = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `sub_${i}`, url: url(`sub_${i}`) }));

test('C017: a packed message sends to each of its targets once and records each', async () => {
  const w = await world(...many(100));
  assert.deepEqual(await w.run([received(many(100).map(({ id }) => id))]), []);
  assert.equal(new Set(w.requests.map((request) => request.url)).size, 100);
  assert.equal(w.requests.length, 100);
  assert.equal(w.log.rows.filter((row) => row.status === 'succeeded').length, 100);
  assert.equal(w.deliveries.sent.length, 0);
});

test('C037: ten endpoints that take nearly all of their time are asked at once, and each of them once', async () => {
  const slow = many(10).map((fields) => ({ ...fields, timeoutSeconds: 30 }));
  const w = await world(...slow);
  const allAsked = Promise.withResolvers<void>();
  const durationMs = 29_000;
  w.destination = async () => {
    if (w.requests.length === slow.length) allAsked.resolve();
    // Asked one after the other, the first would wait for the last for ever.
    await allAsked.promise;
    return answer(200, { durationMs });
  };
  assert.deepEqual(await w.run(slow.map(({ id }) => received([id]))), []);
  assert.equal(new Set(w.requests.map((request) => request.url)).size, 10);
  assert.equal(w.requests.length, 10);
  assert.equal(w.log.rows.filter((row) => row.status === 'succeeded').length, 10);
  assert.equal(w.deliveries.sent.length, 0);
});

test('C015: three subscribers fail and each has its own retry', async () => {
  const w = await world(...many(3));
  w.respond = () => answer(500);
  await w.run([received(['sub_0', 'sub_1', 'sub_2'])]);
  assert.deepEqual(w.next.map(({ targets, attempt, step }) => [targets, attempt, step]).sort(), [
    [['sub_0'], 2, 1],
    [['sub_1'], 2, 1],
    [['sub_2'], 2, 1],
  ]);
  assert.ok(w.next.every(({ delaySeconds }) => delaySeconds >= 5 && delaySeconds <= 7));
});

test('C016: a record that cannot be read comes again, the nine others do not', async () => {
  const w = await world(...many(9));
  const good = many(9).map(({ id }) => received([id]));
  const bad = { messageId: 'bad', body: 'not a message', receiveCount: 1 };
  assert.deepEqual(await w.run([...good.slice(0, 3), bad, ...good.slice(3)]), ['bad']);
  assert.equal(w.requests.length, 9);
});

test('C042: a wait longer than a queue can delay is parked, and no delay over 900 s is asked for', async () => {
  const w = await world({ retrySchedule: [3_600, 36_000] });
  w.respond = () => answer(500);
  await w.run([received(['sub_1'])]);
  assert.equal(w.parking.size, 1);
  assert.equal(w.deliveries.sent.length, 0);
});

test('a schedule used up ends in a dead letter that holds everything for a redrive', async () => {
  const w = await world({ retrySchedule: [1] });
  w.respond = () => answer(503);
  await w.run([received(['sub_1'], { attempt: 2, step: 1 })]);
  const [letter] = w.deadLetterQueue.bodies.map(decodeDeadLetterMessage);
  assert.equal(letter?.data, '{"n":1}');
  assert.deepEqual([letter?.header.dead.reason, letter?.header.dead.lastStatus], ['exhausted', 503]);
  assert.equal((await Array.fromAsync(w.deadLetters.entries('acme', null))).flat().length, 1);
  assert.equal(foldDelivery(w.log.rows).status, 'failed');
});

test('operators hear of a delivery that is given up, once for each; not while retries are left', async () => {
  const w = await world({ retrySchedule: [1] });
  w.respond = () => answer(503);
  await w.run([received(['sub_1'])]);
  assert.equal(w.events.bodies.length, 0);
  await w.run([received(['sub_1'], { attempt: 2, step: 1 })]);
  const [told, ...more] = w.events.bodies.map(decodeEventMessage);
  assert.equal(more.length, 0);
  assert.equal(told?.header.event.type, 'delivery.exhausted');
  const [letter] = w.log.rows.filter(({ status }) => status === 'failed');
  assert.deepEqual(JSON.parse(told.data), {
    tenant: 'acme',
    subscription: 'sub_1',
    event: 'evt_1',
    eventType: letter?.eventType,
    delivery: letter?.delivery,
    reason: 'exhausted',
  });
});

test('C100: the last attempt of a schedule made by a worker whose clock is 600 s behind ends the delivery', async () => {
  const w = await world({ retrySchedule: [1, 1] });
  w.respond = () => answer(503);
  await w.run([received(['sub_1'])]);
  await w.run([received(['sub_1'], { attempt: 2, step: 1 })]);
  assert.equal(foldDelivery(w.log.rows).status, 'retrying');
  w.clock.advance(-600_000);
  await w.run([received(['sub_1'], { attempt: 3, step: 2 })]);
  const { status, attempts } = foldDelivery(w.log.rows);
  assert.deepEqual([status, attempts.map(({ attempt }) => attempt)], ['failed', [1, 2, 3]]);
  assert.equal(w.deadLetterQueue.sent.length, 1);
});

test('C026: 410 disables the subscription, and what comes after is skipped without a request', async () => {
  const w = await world({}, { id: 'sub_2', url: url('sub_2') });
  w.respond = (request) => answer(request.url === url('sub_2') ? 200 : 410);
  await w.run([received(['sub_1'])]);
  const gone = await w.subscriptions.get('acme', 'sub_1');
  assert.deepEqual([gone?.status, gone?.statusReason], ['disabled', '410']);
  const events = w.events.bodies.map((body) => decodeEventMessage(body).header.event.type);
  assert.ok(events.includes('subscription.disabled'));
  const later = received(['sub_1', 'sub_2'], { run: '1' });
  await w.run([later]);
  assert.deepEqual(
    w.requests.map((request) => request.url),
    ['https://h.example/hook', url('sub_2')],
  );
});

test('C046: a delivery to a deleted subscription is cancelled, without a request or a dead letter', async () => {
  const w = await world();
  assert.deepEqual(await w.run([received(['sub_1'], { attempt: 2, step: 1 })]), []);
  assert.equal(w.requests.length, 0);
  assert.deepEqual(
    w.log.rows.map(({ status, reason, result }) => [status, reason, result]),
    [['cancelled', 'subscription deleted', null]],
  );
  assert.equal(w.deadLetterQueue.sent.length, 0);
});

test('C023: what a paused or disabled subscription misses is recorded as skipped', async () => {
  const w = await world({ status: 'paused' }, { id: 'sub_2', status: 'disabled' });
  await w.run([received(['sub_1', 'sub_2'])]);
  assert.deepEqual(w.log.rows.map(({ status, reason }) => [status, reason]).sort(), [
    ['skipped', 'disabled'],
    ['skipped', 'paused'],
  ]);
  assert.equal(w.requests.length, 0);
});

test('C047: a corrected URL is used by the next attempt, and the old attempt keeps the old one', async () => {
  const w = await world({ url: 'https://old.example/a?token=hush' });
  w.respond = () => answer(500);
  await w.run([received(['sub_1'])]);
  const before = await w.subscriptions.get('acme', 'sub_1');
  assert.ok(before);
  await w.subscriptions.replace(before, { ...before, url: 'https://new.example/b', revision: 2 });
  w.clock.advance(10_000);
  w.respond = () => answer(200);
  await w.run([received(['sub_1'], { attempt: 2, step: 1 })]);
  assert.deepEqual(
    w.log.rows.map((row) => row.result?.url),
    ['https://old.example/a?token=…', 'https://new.example/b'],
  );
});

test('C055: a row without a secret fails the attempt and sends nothing', async () => {
  const w = await world({ secrets: [] });
  await w.run([received(['sub_1'])]);
  assert.equal(w.requests.length, 0);
  assert.deepEqual(
    w.log.rows.map((row) => [row.result?.error, row.status]),
    [['no-secret', 'retrying']],
  );
});

test('a message that comes again sends only to targets without a row', async () => {
  const w = await world(...many(3));
  await w.run([received(['sub_0', 'sub_2'])]);
  await w.run([received(['sub_0', 'sub_1', 'sub_2'], {}, 2)]);
  assert.deepEqual(
    w.requests.map((request) => request.url),
    [url('sub_0'), url('sub_2'), url('sub_1')],
  );
});

test('a worker that died between row and retry leaves the retry to the next one', async () => {
  const w = await world({});
  w.respond = () => answer(500);
  w.deliveries.refuses = () => true;
  const message = received(['sub_1']);
  assert.deepEqual(await w.run([message]), [message.messageId]);
  w.deliveries.refuses = () => false;
  assert.deepEqual(await w.run([{ ...message, receiveCount: 2 }]), []);
  assert.equal(w.requests.length, 1);
  assert.equal(w.next.length, 1);
});

test('once a 2xx was read, a log that cannot be written causes no second request', async () => {
  const w = await world({});
  w.log.append = async () => Promise.reject(new Error('throttled'));
  assert.deepEqual(await w.run([received(['sub_1'])]), []);
  assert.equal(w.requests.length, 1);
  // The row is on its way to be written later.
  assert.deepEqual(w.deliveries.bodies.map(isLateRow), [true]);
});

test('targets that the time does not allow go back as a message of their own', async () => {
  const w = await world(...many(2));
  assert.deepEqual(await w.run([received(['sub_0', 'sub_1'])], 10_000), []);
  assert.equal(w.requests.length, 0);
  assert.deepEqual(
    w.next.map(({ targets, attempt }) => [targets, attempt]),
    [[['sub_0', 'sub_1'], 1]],
  );
});

test('C045: an attempt by hand is made each time it is asked for, and never reschedules itself', async () => {
  const w = await world({});
  w.respond = () => answer(500);
  for (const run of ['run_1', 'run_2'])
    await w.run([received(['sub_1'], { run, attempt: 2, trigger: 'manual' })]);
  assert.equal(w.requests.length, 2);
  assert.deepEqual(
    w.log.rows.map((row) => row.status),
    [null, null],
  );
  assert.equal(w.deliveries.sent.length + w.deadLetterQueue.sent.length, 0);
});
