import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventEnvelope } from '../../support/delivery-messages.ts';
import { answer, DispatchWorld, received } from '../../support/dispatch-world.ts';
import { FakeMeter } from '../../support/fake-meter.ts';
import { subscription } from '../../support/subscription.ts';

async function worldOf(...fields: readonly Parameters<typeof subscription>[0][]) {
  const meter = new FakeMeter();
  const world = new DispatchWorld(meter);
  for (const one of fields) await world.subscriptions.create(subscription(one));
  return { meter, world };
}

test('what is measured about attempts adds up', async () => {
  const { meter, world } = await worldOf({ id: 'sub_1' }, { id: 'sub_2', url: 'https://bad.example/' });
  world.respond = ({ url }) => answer(url.includes('bad') ? 503 : 204);
  await world.run([received(['sub_1', 'sub_2', 'sub_gone'])]);
  const { AttemptsMade, AttemptsSucceeded, DeliveriesRetried, DeliveriesCancelled } = meter.sums;
  assert.deepEqual([AttemptsMade, AttemptsSucceeded, DeliveriesRetried, DeliveriesCancelled], [2, 1, 1, 1]);
  assert.equal(meter.sum('AttemptsFailed 5xx'), 1);
  assert.equal(meter.published, 1);
});

test('a delivery that its endpoint held back does not make us late', async () => {
  const { meter, world } = await worldOf({});
  world.clock.advance(3_600_000);
  await world.run([received(['sub_1'], { held: { slow: false, slotAt: null } })]);
  await world.run([
    received(['sub_1'], { trigger: 'replay', run: 'tsk_1', event: eventEnvelope({ id: 'evt_2' }) }),
  ]);
  assert.equal(meter.sum('AttemptsMade'), 2);
  assert.equal('FirstAttemptLag' in meter.sums, false);
});

test('a breaker that opens and a subscription that is switched off are counted once', async () => {
  const { meter, world } = await worldOf(
    { retrySchedule: [] },
    { id: 'sub_2', url: 'https://gone.example/' },
  );
  world.respond = ({ url }) => answer(url.includes('gone') ? 410 : 500);
  await world.run([received(['sub_2'])]);
  for (let i = 0; i < 10; i++) {
    await world.run([received(['sub_1'], { attempt: 1, run: `run_${i}` })]);
  }
  assert.equal(meter.sum('SubscriptionsDisabled'), 1);
  assert.equal(meter.sum('BreakersOpened'), 1);
  await world.run([received(['sub_1'], { run: 'run_11' })]);
  assert.equal(meter.sum('DeliveriesHeld breaker'), 1);
});

test('a delivery parked for longer than a queue can hold it is counted', async () => {
  const { meter, world } = await worldOf({ retrySchedule: [3_600] });
  world.respond = () => answer(500);
  await world.run([received(['sub_1'])]);
  assert.equal(meter.sum('DeliveriesParked'), 1);
});
