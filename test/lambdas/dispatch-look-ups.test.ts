import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveryMessage } from '../../contract/messages.ts';
import { decodeDeliveryMessage } from '../../core/message.ts';
import { answer, DispatchWorld, received } from '../support/dispatch-world.ts';
import { FakeMeter } from '../support/fake-meter.ts';
import { subscription } from '../support/subscription.ts';

const url = (id: string): string => `https://${id.replace('_', '-')}.example/hook`;

/** A world of some subscriptions, in which the hosts of these cannot be looked up. */
async function world(ids: readonly string[], unasked: readonly string[], meter = new FakeMeter()) {
  const w = new DispatchWorld(meter);
  for (const id of ids) await w.subscriptions.create(subscription({ id, url: url(id) }));
  w.destination = async (request) =>
    unasked.some((id) => url(id) === request.url) ? { kind: 'not-started' } : answer(200);
  return w;
}

const waiting = (w: DispatchWorld) =>
  w.next.map(({ targets, attempt, step, unasked }) => ({ targets, attempt, step, unasked }));

test('a host that could not even be looked up uses up no attempt, leaves no row, teaches nothing and comes again later', async () => {
  const meter = new FakeMeter();
  const w = await world(['sub_0', 'sub_1', 'sub_2'], ['sub_0', 'sub_2'], meter);
  assert.deepEqual(await w.run([received(['sub_0', 'sub_1', 'sub_2'])]), []);
  assert.deepEqual(waiting(w), [{ targets: ['sub_0', 'sub_2'], attempt: 1, step: 0, unasked: 1 }]);
  const [{ delaySeconds } = { delaySeconds: 0 }] = w.next;
  assert.ok(delaySeconds >= 10 && delaySeconds < 20, String(delaySeconds));
  assert.deepEqual(
    w.log.rows.map(({ subscription: id, status }) => [id, status]),
    [['sub_1', 'succeeded']],
  );
  assert.equal((await w.health.load('acme', ['sub_0', 'sub_2'])).size, 0);
  assert.deepEqual([meter.sum('AttemptsMade'), meter.sum('DeliveriesHeld dns')], [1, 2]);
  assert.equal(w.slots.open, 0);
});

test('once its host can be looked up again, the attempt that waited is the first one', async () => {
  const w = await world(['sub_0'], ['sub_0']);
  await w.run([received(['sub_0'])]);
  w.destination = null;
  await w.run([{ messageId: 'again', body: w.deliveries.bodies[0] ?? '', receiveCount: 1 }]);
  assert.deepEqual(
    w.log.rows.map(({ attempt, status }) => [attempt, status]),
    [[1, 'succeeded']],
  );
});

test('targets that the time did not allow are not made to wait with those whose hosts could not be looked up', async () => {
  const w = await world(['sub_0', 'sub_1'], ['sub_0']);
  const slow = subscription({ id: 'sub_slow', url: url('sub_slow'), timeoutSeconds: 30 });
  await w.subscriptions.create(slow);
  await w.run([received(['sub_0', 'sub_slow'])], 20_000);
  assert.deepEqual(
    w.next.map(({ targets, delaySeconds }) => [targets, delaySeconds > 0]),
    [
      [['sub_slow'], false],
      [['sub_0'], true],
    ],
  );
});

test('thirty waits later it counts as a failed attempt, so that nothing goes round for ever', async () => {
  const w = await world(['sub_0'], ['sub_0']);
  let message = received(['sub_0']);
  for (let i = 0; i < 31; i++) {
    assert.deepEqual(await w.run([message]), []);
    message = { messageId: `m${i}`, body: w.deliveries.bodies.at(-1) ?? '', receiveCount: 1 };
  }
  assert.deepEqual(
    w.log.rows.map(({ attempt, status, result }) => [attempt, status, result?.error]),
    [[1, 'retrying', 'dns']],
  );
  const { header }: { header: DeliveryMessage } = decodeDeliveryMessage(message.body);
  assert.deepEqual([header.attempt, header.held, header.unasked], [2, undefined, undefined]);
  assert.equal(w.deliveries.sent.length, 31);
  assert.equal(
    (await w.health.load('acme', ['sub_0'])).size,
    0,
    'the endpoint, which was not asked, is not blamed',
  );
});

test('an attempt by hand waits as well, and is then made by hand', async () => {
  const w = await world(['sub_0'], ['sub_0']);
  await w.run([received(['sub_0'], { attempt: 2, trigger: 'manual', run: 'run_1' })]);
  assert.deepEqual(
    w.next.map(({ attempt, trigger, run }) => [attempt, trigger, run]),
    [[2, 'manual', 'run_1']],
  );
  assert.deepEqual(w.log.rows, []);
});
