import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DISPATCH, SQS } from '../../../contract/limits.ts';
import { foldDelivery } from '../../../core/delivery-fold.ts';
import { encodeMessage } from '../../../core/message.ts';
import { attemptResult, deliveryRow } from '../../support/delivery-rows.ts';
import { answer, DispatchWorld, received } from '../../support/dispatch-world.ts';
import { subscription } from '../../support/subscription.ts';

/** A world whose log refuses rows as long as it is told to. */
async function world(): Promise<{ w: DispatchWorld; log: { down: boolean } }> {
  const w = new DispatchWorld();
  const log = { down: true };
  const append = w.log.append.bind(w.log);
  w.log.append = (rows) => (log.down ? Promise.reject(new Error('throttled')) : append(rows));
  for (const id of ['sub_1', 'sub_2'])
    await w.subscriptions.create(subscription({ id, url: `https://${id.replace('_', '-')}.example/` }));
  return { w, log };
}

/** The messages put on the queue from a position on, as received. */
const queued = (w: DispatchWorld, from = 0) =>
  w.deliveries.bodies.slice(from).map((body, i) => ({ messageId: `late-${i}`, body, receiveCount: 1 }));

test('C101: a row that cannot be written when the answer was read is written later, without a second request', async () => {
  const { w, log } = await world();
  assert.deepEqual(await w.run([received(['sub_1'])]), []);
  assert.deepEqual([w.log.rows.length, w.deliveries.sent.length], [0, 1]);
  // A message that holds nothing of the event can't be sent by whatever version gets it.
  assert.ok(!w.deliveries.bodies[0]?.includes('{"n":1}'));
  log.down = false;
  assert.deepEqual(await w.run(queued(w)), []);
  const delivery = foldDelivery(w.log.rows);
  assert.deepEqual([delivery.status, delivery.attempts[0]?.result?.responseBody], ['succeeded', 'x']);
  assert.deepEqual([w.requests.length, w.deliveries.sent.length], [1, 1]);
});

test('C101: a late row comes again until the log takes it, and costs its neighbours nothing', async () => {
  const { w, log } = await world();
  await w.run([received(['sub_1'])]);
  const late = queued(w);
  assert.deepEqual(await w.run(late), ['late-0']);
  assert.equal(w.deliveries.sent.length, 1, 'the queue bounds its tries, so it is not sent anew');
  log.down = false;
  const nonsense = { messageId: 'nonsense', body: '{"v":1,"row":{"tenant":"acme"}}\n', receiveCount: 1 };
  assert.deepEqual(await w.run([nonsense, ...late, received(['sub_2'])]), ['nonsense']);
  assert.deepEqual(
    w.log.rows.map(({ status }) => status),
    ['succeeded', 'succeeded'],
  );
  assert.equal(w.requests.length, 2);
});

test('C101: a failed attempt whose row is lost goes on, and is on record in the end', async () => {
  const { w, log } = await world();
  w.respond = (_, earlier) => answer(earlier === 0 ? 500 : 200);
  await w.run([received(['sub_1'])]);
  log.down = false;
  assert.deepEqual(await w.run(queued(w)), []);
  const delivery = foldDelivery(w.log.rows);
  assert.deepEqual(
    [delivery.status, delivery.attempts.map(({ result }) => result?.status)],
    ['succeeded', [500, 200]],
  );
  assert.equal(w.requests.length, 2);
});

test('C101: where not even the queue takes the row, the message comes again and is not sent again', async () => {
  const { w, log } = await world();
  w.deliveries.refuses = () => true;
  const message = received(['sub_1', 'sub_2']);
  assert.deepEqual(await w.run([message]), [message.messageId]);
  assert.deepEqual(await w.run([{ ...message, receiveCount: 2 }]), [message.messageId]);
  log.down = false;
  assert.deepEqual(await w.run([{ ...message, receiveCount: 3 }]), []);
  assert.equal(w.requests.length, 2);
  assert.deepEqual(
    w.log.rows.map(({ status }) => status),
    ['succeeded', 'succeeded'],
  );
  assert.equal(w.deliveries.sent.length, 0);
});

test('C101: the largest row there can be fits a message', () => {
  const url = `https://a.example/${'\u0001'.repeat(2_000)}`;
  const responseBody = '\u0000'.repeat(DISPATCH.maxResponseBodyBytes);
  const row = deliveryRow({ eventType: 'a'.repeat(128), result: attemptResult({ url, responseBody }) });
  const bytes = Buffer.byteLength(encodeMessage({ v: 1, row }, ''));
  assert.ok(bytes < SQS.maxBatchBytes / 8, `${bytes}`);
});

test('a late row of a retry that was never put anywhere does not keep a delivery waiting that has ended since', async () => {
  const { w, log } = await world();
  w.respond = () => answer(503);
  const message = received(['sub_1'], { attempt: 2, step: 3 });
  w.parking.park = () => Promise.reject(new Error('throttled'));
  // Its retry is far off and could not be parked, so the message comes again; its row is on the queue.
  assert.deepEqual(await w.run([message]), [message.messageId]);
  log.down = false;
  await w.subscriptions.remove('acme', 'sub_1');
  await w.run([{ ...message, receiveCount: 2 }]);
  await w.run(queued(w));
  const { status, nextAttemptAt } = foldDelivery(w.log.rows);
  assert.deepEqual([status, nextAttemptAt], ['cancelled', null]);
});
