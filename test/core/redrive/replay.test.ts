import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryId } from '../../../core/id.ts';
import { decodeDeliveryMessage } from '../../../core/message.ts';
import { answer } from '../../support/dispatch-world.ts';
import { DATA, ReplayWorld } from '../../support/replay-world.ts';
import { subscription } from '../../support/subscription.ts';

async function world(fields: Parameters<typeof subscription>[0] = {}): Promise<ReplayWorld> {
  const w = new ReplayWorld();
  await w.subscriptions.create(subscription({ createdAt: w.began, retrySchedule: [], ...fields }));
  return w;
}

test('all: every event of the time comes again, with the same id and body and the next attempt', async () => {
  const w = await world();
  for (const id of ['e1', 'e2', 'e3']) await w.event(id);
  const task = await w.replay();
  assert.deepEqual([task.status, task.matched, task.sent], ['done', 3, 3]);
  await w.settle();
  const [first, again] = w.requests.filter(({ headers }) => headers['webhook-id'] === 'e2');
  assert.ok(first && again && first.body.equals(again.body));
  assert.deepEqual([first.headers['fanfare-attempt'], again.headers['fanfare-attempt']], ['1', '2']);
  assert.equal(first.headers['fanfare-delivery'], again.headers['fanfare-delivery']);
  assert.equal(w.requests.length, 6);
});

test('failed: only what failed is sent, and what succeeds leaves the dead letters', async () => {
  const w = await world();
  w.respond = ({ headers }) => answer(headers['webhook-id'] === 'bad' ? 500 : 200);
  await w.event('good');
  await w.event('bad');
  assert.equal(w.statusOf('bad'), 'failed');
  w.respond = () => answer(200);
  const task = await w.replay({ status: 'failed' });
  assert.equal(task.sent, 1);
  await w.settle();
  assert.deepEqual([w.statusOf('bad'), w.requestsOf('good'), w.requestsOf('bad')], ['succeeded', 1, 2]);
  assert.deepEqual((await Array.fromAsync(w.deadLetters.entries('acme', null))).flat(), []);
});

test('missing: events from before the subscription, and those it was paused for', async () => {
  const w = await world({ createdAt: Date.UTC(2027, 0, 1), filter: null, eventTypes: ['order.*'] });
  await w.event('before', []);
  await w.event('other-type', [], 'customer.created');
  await w.event('had');
  const paused = await w.subscriptions.get('acme', 'sub_1');
  assert.ok(paused);
  await w.subscriptions.replace(paused, { ...paused, status: 'paused', revision: 2 });
  w.clock.advance(20_000);
  await w.event('skipped');
  await w.subscriptions.replace({ ...paused, revision: 2 }, { ...paused, revision: 3 });
  w.clock.advance(20_000);
  const task = await w.replay({ status: 'missing' });
  assert.equal(task.sent, 2);
  await w.settle();
  assert.deepEqual(
    ['before', 'other-type', 'had', 'skipped'].map((id) => [w.statusOf(id), w.requestsOf(id)]),
    [
      ['succeeded', 1],
      ['none', 0],
      ['succeeded', 1],
      ['succeeded', 1],
    ],
  );
});

test('an event that may still be on its way is not taken for missing', async () => {
  const w = await world();
  w.clock.advance(3_590_000);
  const task = await w.replay({ status: 'missing', since: 0, until: w.clock.now() + 7_200_000 });
  assert.equal(task.matched, 0);
  const now = w.clock.now();
  const event = {
    tenant: 'acme',
    type: 'a.b',
    subject: null,
    metadata: {},
    data: DATA,
    matched: 1,
    shards: 1,
  };
  await w.store.keep({ ...event, id: 'old', requestId: 'r1', time: now, acceptedAt: now });
  const late = now + 3_500_000;
  await w.store.keep({ ...event, id: 'young', requestId: 'r2', time: late, acceptedAt: late });
  const next = await w.replay({ status: 'missing', since: 0, until: now + 7_200_000 }, 'tsk_2');
  assert.deepEqual(
    [next.matched, decodeDeliveryMessage(w.deliveries.sent.at(-1)?.body ?? '').header.event.id],
    [1, 'old'],
  );
});

test('a dry run counts and sends nothing; types and time narrow it down', async () => {
  const w = await world();
  await w.event('e1');
  await w.event('e2', ['sub_1'], 'customer.created');
  const until = w.clock.now();
  await w.event('e3');
  const dry = await w.replay({ dryRun: true, until });
  assert.deepEqual([dry.matched, dry.sent, w.requests.length], [2, 0, 3]);
  const task = await w.replay({ eventTypes: ['order.*'], until }, 'tsk_2');
  await w.settle();
  assert.deepEqual([task.sent, w.requestsOf('e1'), w.requestsOf('e2'), w.requestsOf('e3')], [1, 2, 1, 1]);
});

test('hundreds of events are paced, and each is sent once', async () => {
  const w = await world();
  for (let i = 0; i < 230; i++) await w.event(`e${i}`);
  const task = await w.replay({ ratePerSecond: 10 });
  assert.deepEqual([task.status, task.sent], ['done', 230]);
  const sent = w.deliveries.sent.slice(-230).map(({ body }) => decodeDeliveryMessage(body).header.event.id);
  assert.equal(new Set(sent).size, 230);
  assert.ok(w.clock.now() >= task.createdAt + 22_900 - 60_000);
});

for (const [what, breakIt] of [
  [
    'the queue refuses some',
    (w: ReplayWorld) => {
      let calls = 0;
      w.deliveries.refuses = () => ++calls === 2;
    },
  ],
  [
    'the rows cannot be written',
    (w: ReplayWorld) => {
      const append = w.log.append.bind(w.log);
      let calls = 0;
      w.log.append = async (rows) => {
        if (++calls === 1) throw new Error('table is down');
        return append(rows);
      };
    },
  ],
] as const) {
  test(`when ${what}, the task carries on and no endpoint gets an event twice`, async () => {
    const w = await world();
    for (let i = 0; i < 5; i++) await w.event(`e${i}`);
    breakIt(w);
    const task = await w.replay();
    assert.deepEqual([task.status, task.matched, task.sent], ['done', 5, 5]);
    w.deliveries.refuses = () => false;
    await w.settle();
    for (let i = 0; i < 5; i++) assert.equal(w.requestsOf(`e${i}`), 2, `e${i}`);
  });
}

test('a worker that dies between sending a page and counting it: the next one counts it, and sends nothing again', async () => {
  const w = await world();
  for (let i = 0; i < 5; i++) await w.event(`e${i}`);
  const before = w.deliveries.sent.length;
  const update = w.tasks.update.bind(w.tasks);
  let pages = 0;
  w.tasks.update = async (task) => {
    if (task.matched > 0 && ++pages === 1) throw new Error('killed');
    return update(task);
  };
  const task = await w.replay();
  assert.deepEqual([task.status, task.matched, task.sent], ['done', 5, 5]);
  assert.equal(w.deliveries.sent.length - before, 5);
});

test('what is sent twice after a crash is attempted once, first attempts included', async () => {
  const w = await world({ createdAt: Date.UTC(2027, 0, 1) });
  await w.event('e1', []);
  const append = w.log.append.bind(w.log);
  let calls = 0;
  w.log.append = async (rows) => {
    if (++calls === 1) throw new Error('killed');
    return append(rows);
  };
  await w.replay({ status: 'missing' });
  assert.equal(w.deliveries.sent.length, 2);
  for (const { body } of w.deliveries.sent) {
    assert.deepEqual(await w.run([{ messageId: 'm', body, receiveCount: 1 }]), []);
  }
  assert.equal(w.requestsOf('e1'), 1);
});

test('what is still being retried is left to its schedule', async () => {
  const w = await world({ retrySchedule: [36_000] });
  w.respond = () => answer(500);
  await w.event('e1');
  assert.equal(w.statusOf('e1'), 'retrying');
  for (const status of ['all', 'failed', 'missing'] as const) {
    assert.equal((await w.replay({ status }, `tsk_${status}`)).matched, 0, status);
  }
});

test('no more than a minute is put on the queue ahead, so that a cancellation is felt', async () => {
  const w = await world();
  for (let i = 0; i < 130; i++) await w.event(`e${i}`);
  const before = w.deliveries.sent.length;
  await w.replay({ ratePerSecond: 1 });
  const delays = w.deliveries.sent.slice(before).map(({ delaySeconds = 0 }) => delaySeconds);
  assert.equal(delays.length, 130);
  // A minute, and the page that was begun within it.
  assert.ok(Math.max(...delays) <= 60 + 25, String(Math.max(...delays)));
});

test('a subscription that goes meanwhile ends the task with a reason', async () => {
  const w = await world();
  await w.event('e1');
  await w.subscriptions.remove('acme', 'sub_1');
  const task = await w.replay();
  assert.deepEqual([task.status, task.failure, task.sent], ['failed', 'The subscription is gone.', 0]);
});

test('a failed replay of a delivered event shows as failed, and its id is that of the first delivery', async () => {
  const w = await world();
  await w.event('e1');
  w.respond = () => answer(500);
  await w.replay();
  await w.settle();
  assert.equal(w.statusOf('e1'), 'failed');
  const event = await w.store.get('acme', 'e1');
  assert.ok(event);
  assert.deepEqual([...new Set(w.log.rows.map((row) => row.delivery))], [deliveryId(event, 'sub_1')]);
});
