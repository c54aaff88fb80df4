import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReceivedRecord } from '../../core/queue.ts';
import type { Subscription } from '../../core/subscription.ts';
import { eventEnvelope } from '../support/delivery-messages.ts';
import { answer, DispatchWorld, received } from '../support/dispatch-world.ts';
import { subscription } from '../support/subscription.ts';

const NEW_URL = 'https://new.example/hook';

async function world(fields: Partial<Subscription> = {}): Promise<DispatchWorld> {
  const made = new DispatchWorld();
  await made.subscriptions.create(subscription(fields));
  made.respond = ({ url }) => answer(url === NEW_URL ? 200 : 500);
  return made;
}

const first = (id = 'evt_1'): ReceivedRecord => received(['sub_1'], { event: eventEnvelope({ id }) });

/** The message that was put on `deliveries` last, as it comes back. */
function waiting(w: DispatchWorld, messageId = 'waits'): ReceivedRecord {
  return { messageId, body: w.deliveries.bodies.at(-1) ?? '', receiveCount: 1 };
}

/** The owner deletes the subscription and makes another with the same id. */
async function makeAnew(w: DispatchWorld): Promise<void> {
  w.clock.advance(5_000);
  assert.ok(await w.subscriptions.remove('acme', 'sub_1'));
  const again = subscription({ createdAt: w.clock.now(), url: NEW_URL });
  assert.equal(await w.subscriptions.create(again), 'created');
}

const statuses = (w: DispatchWorld, event: string) =>
  w.log.rows.filter((row) => row.event === event).map(({ status, reason }) => [status, reason]);

test('C099: a retry that waited for a deleted subscription is cancelled, not sent to the one made under its id', async () => {
  const w = await world();
  await w.run([first()]);
  await makeAnew(w);
  assert.deepEqual(await w.run([waiting(w)]), []);
  assert.deepEqual(
    w.requests.map(({ url }) => url).filter((url) => url === NEW_URL),
    [],
  );
  assert.deepEqual(statuses(w, 'evt_1').at(-1), ['cancelled', 'subscription deleted']);
  assert.equal(w.deadLetterQueue.sent.length, 0);
});

test('C099: an attempt that a rate limit held back ends with its subscription as well', async () => {
  const w = await world({ rateLimit: { perSecond: 1 } });
  await w.run(['a', 'b', 'c', 'd'].map((id) => first(`evt_${id}`)));
  const held = w.next.findIndex((message) => message.held !== undefined);
  const event = w.next[held]?.event.id ?? '';
  await makeAnew(w);
  await w.run([{ ...waiting(w), body: w.deliveries.bodies[held] ?? '' }]);
  assert.deepEqual(statuses(w, event), [['cancelled', 'subscription deleted']]);
});

test('C099: a retry that a second worker puts back on its way ends with its subscription as well', async () => {
  const w = await world();
  const message = first();
  await w.run([message]);
  await w.run([{ ...message, receiveCount: 2 }]);
  assert.equal(w.requests.length, 1);
  await makeAnew(w);
  await w.run([waiting(w)]);
  assert.deepEqual(statuses(w, 'evt_1').at(-1), ['cancelled', 'subscription deleted']);
});

test('a first attempt goes to whoever has the id when it is made', async () => {
  const w = await world();
  await makeAnew(w);
  await w.run([first()]);
  assert.deepEqual(
    w.requests.map(({ url }) => url),
    [NEW_URL],
  );
});

test('what is for the new subscription is not lost to a copy of the old one', async () => {
  const w = await world();
  const environment = w.environment();
  await environment.run([first('evt_before')]);
  await makeAnew(w);
  // This environment still has a copy of the deleted one, and asks its endpoint.
  await environment.run([first('evt_after')]);
  const after = waiting(w);
  assert.equal(w.next.at(-1)?.subscriptionCreatedAt, undefined, 'whoever has the id gets it');
  await w.run([after]);
  assert.deepEqual(statuses(w, 'evt_after').at(-1), ['succeeded', null]);
});

test('an environment with an outdated copy sends what waits for the new subscription to that one', async () => {
  const w = await world();
  const old = w.environment();
  await old.run([first('evt_before')]);
  await makeAnew(w);
  w.respond = () => answer(500);
  await w.run([first('evt_after')]);
  assert.notEqual(w.next.at(-1)?.subscriptionCreatedAt, undefined);
  w.respond = () => answer(200);
  await old.run([waiting(w)]);
  assert.deepEqual(
    w.requests.slice(-1).map(({ url }) => url),
    [NEW_URL],
  );
  assert.deepEqual(statuses(w, 'evt_after').at(-1), ['succeeded', null]);
});

test('a hundred deliveries that begin to wait for one subscription read it once, those of the next run once more', async () => {
  const w = await world({ rateLimit: { perSecond: 1 } });
  let reads = 0;
  const { loadNow } = w.subscriptions;
  w.subscriptions.loadNow = (...args) => {
    reads++;
    return loadNow.apply(w.subscriptions, args);
  };
  const environment = w.environment();
  await environment.run(Array.from({ length: 100 }, (_, i) => first(`evt_a${i}`)));
  assert.equal(reads, 1);
  await environment.run(Array.from({ length: 10 }, (_, i) => first(`evt_b${i}`)));
  assert.equal(reads, 2);
});

test('what was sent is on record within a second, though the subscription cannot be read again', async () => {
  const w = await world();
  w.subscriptions.loadNow = () => new Promise(() => {});
  const run = w.run([first()]);
  for (let i = 0; i < 12 && w.log.rows.length === 0; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    w.clock.advance(100);
  }
  assert.deepEqual(await run, []);
  assert.deepEqual(statuses(w, 'evt_1'), [['retrying', null]]);
  assert.equal(w.next.at(-1)?.subscriptionCreatedAt, undefined);
});

test('a retry is made when it can’t be found out to whom it is owed, and comes again while that can’t be read', async () => {
  const w = await world();
  const { loadNow } = w.subscriptions;
  w.subscriptions.loadNow = () => Promise.reject(new Error('down'));
  await w.run([first()]);
  assert.equal(w.next.at(-1)?.subscriptionCreatedAt, undefined);
  w.subscriptions.loadNow = loadNow;
  await w.run([first('evt_2')]);
  const tied = waiting(w);
  await makeAnew(w);
  w.subscriptions.loadNow = () => Promise.reject(new Error('down'));
  assert.deepEqual(await w.run([tied]), ['waits']);
  assert.deepEqual(statuses(w, 'evt_2'), [['retrying', null]]);
  w.subscriptions.loadNow = loadNow;
  await w.run([tied]);
  assert.deepEqual(statuses(w, 'evt_2').at(-1), ['cancelled', 'subscription deleted']);
});

test('C094, C099: what comes just after the endpoint was mended or made anew does not wait for the breaker of the old one', async () => {
  for (const change of ['mended', 'made anew'] as const) {
    const w = await world();
    const environment = w.environment();
    for (let i = 0; i < 10; i++) await environment.run([first(`evt_${i}`)]);
    await environment.run([first('evt_waits')]);
    assert.ok(w.next.at(-1)?.held, 'the breaker is open');
    if (change === 'made anew') await makeAnew(w);
    else {
      const before = await w.subscriptions.get('acme', 'sub_1');
      assert.ok(before);
      const after = { ...before, url: NEW_URL, revision: 2, endpointRevision: 2 };
      assert.equal(await w.subscriptions.replace(before, after), 'replaced');
    }
    // This environment still has a copy of the old one, and knows its breaker.
    await environment.run([first('evt_after')]);
    assert.deepEqual(statuses(w, 'evt_after'), [['succeeded', null]], change);
  }
});
