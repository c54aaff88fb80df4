import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldDelivery } from '../../core/delivery-fold.ts';
import { decodeDeadLetterMessage, decodeEventMessage } from '../../core/message.ts';
import type { Subscription } from '../../core/subscription.ts';
import { DispatchWorld, received } from '../support/dispatch-world.ts';
import { subscription } from '../support/subscription.ts';

async function world(...fields: readonly Partial<Subscription>[]): Promise<DispatchWorld> {
  const w = new DispatchWorld();
  for (const own of fields) await w.subscriptions.create(subscription({ tenant: 'acme', ...own }));
  return w;
}

const givenUp = (targets: readonly string[], receiveCount = 1) =>
  received(targets, { giveUp: 'filter-too-costly' }, receiveCount);

test('a delivery that is given up is on record as failed, with a letter and a word to operators, and is not sent', async () => {
  const w = await world({ id: 'sub_1' });
  assert.deepEqual(await w.run([givenUp(['sub_1'])]), []);
  assert.equal(w.requests.length, 0);
  const { status, reason, attempts } = foldDelivery(w.log.rows);
  assert.deepEqual([status, reason, attempts], ['failed', 'filter-too-costly', []]);
  const [letter] = w.deadLetterQueue.bodies.map(decodeDeadLetterMessage);
  assert.deepEqual([letter?.header.dead.reason, letter?.data], ['filter-too-costly', '{"n":1}']);
  assert.equal((await Array.fromAsync(w.deadLetters.entries('acme', null))).flat().length, 1);
  const told = w.events.bodies.map(decodeEventMessage);
  assert.deepEqual(
    told.map(({ header, data }) => [header.event.tenant, header.event.type, JSON.parse(data).reason]),
    [['fanfare.system', 'delivery.exhausted', 'filter-too-costly']],
  );
  assert.equal(w.deliveries.sent.length, 0);
});

test('the same message again, after a crash, records and tells nothing a second time', async () => {
  const w = await world({ id: 'sub_1' });
  await w.run([givenUp(['sub_1'])]);
  const [rows, told] = [w.log.rows.length, new Set(w.events.bodies).size];
  assert.deepEqual(await w.run([givenUp(['sub_1'], 2)]), []);
  assert.equal(w.log.rows.length, rows);
  assert.equal(new Set(w.events.bodies).size, told);
  assert.equal(w.requests.length, 0);
});

test('of a subscription that is paused or gone meanwhile, that is said instead', async () => {
  const w = await world({ id: 'paused', status: 'paused' });
  await w.run([givenUp(['paused', 'gone'])]);
  const said = w.log.rows.map((row) => [row.subscription, row.status, row.reason]).toSorted();
  assert.deepEqual(said, [
    ['gone', 'cancelled', 'subscription deleted'],
    ['paused', 'skipped', 'paused'],
  ]);
  assert.equal(w.deadLetterQueue.sent.length, 0);
});

test('a slow or failing endpoint does not hold back what is not sent to it', async () => {
  const w = await world({ id: 'sub_1', rateLimit: { perSecond: 1 } });
  await w.run([givenUp(['sub_1']), received(['sub_1'], { giveUp: 'filter-too-costly', run: 'other' })]);
  assert.deepEqual(
    w.log.rows.map(({ status }) => status),
    ['failed', 'failed'],
  );
  assert.deepEqual([w.deliveries.sent.length, w.slowDeliveries.sent.length], [0, 0]);
});
