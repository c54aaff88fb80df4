import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SendOutcome } from '../../core/dispatch/ports.ts';
import { decodeDeliveryMessage } from '../../core/message.ts';
import { eventEnvelope } from '../support/delivery-messages.ts';
import { answer, DispatchWorld, received } from '../support/dispatch-world.ts';
import { subscription } from '../support/subscription.ts';

const TIMEOUT: SendOutcome = {
  kind: 'unanswered',
  error: 'timeout',
  detail: '',
  durationMs: 15_000,
  timings: null,
};
const HANGING = ['sub_2', 'sub_4'];
const ALL = ['sub_1', ...HANGING, 'sub_3'];

/** Endpoints of which some hang until told to go on. */
async function world() {
  const w = new DispatchWorld();
  for (const id of ALL) await w.subscriptions.create(subscription({ id, url: `https://${id}.example/` }));
  const ends: (() => void)[] = [];
  const hang = { by: TIMEOUT };
  w.destination = ({ url }) => {
    if (!HANGING.some((id) => url.includes(id))) return Promise.resolve(answer(200));
    return new Promise((resolve) => ends.push(() => resolve(hang.by)));
  };
  /** Waits until so many requests hang. */
  const hanging = async (count: number): Promise<void> => {
    while (ends.length < count) await new Promise((resolve) => setImmediate(resolve));
  };
  const end = (): void => {
    for (const go of ends.splice(0)) go();
  };
  return { w, hang, hanging, end };
}

const message = (id: string, targets: readonly string[] = ALL) =>
  received(targets, { event: eventEnvelope({ id }) });
const slowTargets = (w: DispatchWorld) =>
  w.slowDeliveries.bodies.map((body) => decodeDeliveryMessage(body).header).map(({ targets }) => targets);
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('an endpoint that hangs is known to be slow after three seconds, everywhere, while the attempt goes on', async () => {
  const { w, hanging, end } = await world();
  const run = w.run([message('evt_1')]);
  await hanging(2);
  w.clock.advance(2_999);
  await settled();
  assert.equal((await w.subscriptions.version('acme')).slow.size, 0);
  w.clock.advance(1);
  await settled();
  const known = await w.health.load('acme', ALL);
  assert.deepEqual([...known.keys()].sort(), HANGING);
  const { slow } = await w.subscriptions.version('acme');
  assert.deepEqual([...slow.keys()].sort(), HANGING);
  // Another environment moves them, together, and serves the others.
  const served = w.requests.length;
  await w.run([message('evt_2')]);
  assert.deepEqual(slowTargets(w), [HANGING]);
  assert.equal(w.requests.length, served + 2);
  end();
  await run;
});

test('an environment that knew them to be well moves what comes after, as soon as it has seen one hang', async () => {
  const { w, hanging, end } = await world();
  const environment = w.environment();
  const run = environment.run([message('evt_1')]);
  await hanging(2);
  w.clock.advance(3_000);
  await environment.run([message('evt_2')]);
  assert.deepEqual(slowTargets(w), [HANGING]);
  end();
  await run;
});

test('an invocation does not end before what it saw is told', async () => {
  const { w, hanging, end } = await world();
  let told = (): void => undefined;
  const slow = w.health.slow.bind(w.health);
  w.health.slow = async (...args) => {
    await new Promise<void>((resolve) => {
      told = resolve;
    });
    await slow(...args);
  };
  const run = w.run([message('evt_1')]);
  let isOver = false;
  void run.then(() => {
    isOver = true;
  });
  await hanging(2);
  w.clock.advance(3_000);
  await settled();
  end();
  await settled();
  await settled();
  assert.equal(isOver, false);
  told();
  await run;
  assert.equal((await w.subscriptions.version('acme')).slow.size, 2);
});

test('that they could not be marked as slow costs no delivery anything, and is tried again', async () => {
  const { w, hanging, end } = await world();
  const slow = w.health.slow.bind(w.health);
  w.health.slow = () => Promise.reject(new Error('down'));
  const run = w.run([message('evt_1')]);
  await hanging(2);
  w.clock.advance(3_000);
  await settled();
  w.health.slow = slow;
  end();
  assert.deepEqual(await run, []);
  assert.equal(w.log.rows.length, 4);
  assert.equal(w.lines.lines.filter(({ event }) => event === 'dispatch.slow-failed').length, 1);
  assert.equal((await w.subscriptions.version('acme')).slow.size, 2, 'the end of the attempt tells it');
});

test('what a slow endpoint waits for, waits on the queue of the slow lane', async () => {
  const { w, hanging, end } = await world();
  const run = w.run([message('evt_1')]);
  await hanging(2);
  w.clock.advance(3_000);
  await settled();
  end();
  await run;
  assert.deepEqual(w.next, []);
  const retries = w.slowDeliveries.bodies.map((body) => decodeDeliveryMessage(body).header);
  assert.deepEqual(
    retries.map(({ targets, attempt, held }) => [targets, attempt, held?.slow]),
    [
      [['sub_2'], 2, true],
      [['sub_4'], 2, true],
    ],
  );
});

test('a slow endpoint that answers quickly again leaves the slow lane at once', async () => {
  const { w, hang, hanging, end } = await world();
  const environment = w.environment();
  const run = environment.run([message('evt_1')]);
  await hanging(2);
  w.clock.advance(3_000);
  await settled();
  end();
  await run;
  hang.by = answer(200);
  const slow = environment.run([
    received(HANGING, { event: eventEnvelope({ id: 'evt_2' }), held: { slow: true, slotAt: null } }),
  ]);
  await hanging(2);
  end();
  await slow;
  assert.equal((await w.subscriptions.version('acme')).slow.size, 0);
  const moved = w.slowDeliveries.sent.length;
  const next = environment.run([message('evt_3')]);
  await hanging(2);
  end();
  await next;
  assert.equal(w.slowDeliveries.sent.length, moved);
});

test('endpoints that hang and are known to cost one write in five minutes, not one for each attempt', async () => {
  const { w, hanging, end } = await world();
  let writes = 0;
  const slow = w.health.slow.bind(w.health);
  w.health.slow = (...args) => {
    writes++;
    return slow(...args);
  };
  const environment = w.environment();
  const hangOnce = async (id: string): Promise<void> => {
    const run = environment.run([
      received(HANGING, { event: eventEnvelope({ id }), held: { slow: true, slotAt: null } }),
    ]);
    await hanging(2);
    w.clock.advance(15_000);
    await settled();
    end();
    await run;
  };
  for (let i = 0; i < 5; i++) await hangOnce(`evt_${i}`);
  assert.equal(writes, 1);
});

test('while its breaker is open a slow endpoint stays in the slow lane, however long that is', async () => {
  const { w } = await world();
  w.destination = null;
  w.respond = () => TIMEOUT;
  const held = { slow: true, slotAt: null };
  for (let i = 0; i < 10; i++)
    await w.run([received(['sub_2'], { event: eventEnvelope({ id: `evt_${i}` }), held })]);
  assert.equal(w.requests.length, 10);
  // Longer than the ten minutes that it is marked for, but nothing was sent meanwhile.
  w.clock.advance(3_600_000);
  await w.run([message('evt_probe', ['sub_2'])]);
  assert.equal(w.requests.length, 10);
  assert.deepEqual(slowTargets(w).at(-1), ['sub_2']);
});

test('what waits for sockets that hanging attempts hold moves to the slow lane after three seconds, and others go on', async () => {
  const { w, hanging, end } = await world();
  // An origin that 64 sockets may be open to: some of its endpoints hang.
  for (const id of ['sub_5', 'sub_6', 'sub_7'])
    await w.subscriptions.create(subscription({ id, url: `https://sub_2.example/${id}` }));
  const destination = w.destination;
  w.destination = (request) =>
    request.url.endsWith('sub_5')
      ? Promise.resolve(answer(200))
      : (destination?.(request) ?? Promise.reject());
  const many = (id: string, count: number) =>
    Array.from({ length: count }, (_, i) => message(`${id}_${i}`, [id]));
  const run = w.run([...many('sub_6', 70), ...many('sub_7', 1), ...many('sub_5', 3)]);
  await hanging(64);
  await settled();
  const asked = (id: string) => w.requests.filter(({ url }) => url.endsWith(id)).length;
  assert.deepEqual([asked('sub_6'), asked('sub_5')], [64, 0]);
  w.clock.advance(3_000);
  await settled();
  assert.deepEqual([asked('sub_6'), asked('sub_7'), asked('sub_5')], [64, 1, 3]);
  end();
  await run;
  const moved = w.slowDeliveries.bodies
    .map((body) => decodeDeliveryMessage(body).header)
    .filter(({ attempt }) => attempt === 1);
  assert.deepEqual(
    moved.map(({ targets }) => targets),
    Array.from({ length: 6 }, () => ['sub_6']),
  );
});

test('what a batch of the slow lane has no time for goes back to the slow lane', async () => {
  const { w } = await world();
  const held = { slow: true, slotAt: null };
  await w.run([received(ALL, { held })], 10_000);
  assert.deepEqual(w.deliveries.sent, []);
  const [back] = w.slowDeliveries.bodies.map((body) => decodeDeliveryMessage(body).header);
  assert.deepEqual([back?.targets, back?.held], [ALL, held]);
});
