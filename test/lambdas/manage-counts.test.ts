import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENT_TYPE, LIST } from '../../contract/limits.ts';
import { FakeClock } from '../support/clock.ts';
import { FakeDeadLetters } from '../support/dead-letters.ts';
import { deadLetter, eventEnvelope } from '../support/delivery-messages.ts';
import { ACCEPTED_AT, deliveryRow, successRow } from '../support/delivery-rows.ts';
import { FakeDeliveryLog } from '../support/fake-delivery-log.ts';
import { ManageBench } from '../support/manage-bench.ts';

/** Pages each of which takes so long. */
async function* slowly<T>(clock: FakeClock, ms: number, pages: AsyncIterable<T>): AsyncIterable<T> {
  for await (const page of pages) {
    clock.advance(ms);
    yield page;
  }
}

async function event(b: ManageBench, matched: number): Promise<void> {
  await b.events.keep({
    ...eventEnvelope({ acceptedAt: ACCEPTED_AT }),
    ...{ data: '{"digits":9007199254740993}', requestId: 'r', matched, shards: 1 },
  });
}

test('C098: an event whose deliveries take long to count is answered in five seconds, and says that more are there', async () => {
  const deliveries = new FakeDeliveryLog();
  const b: ManageBench = new ManageBench({ deliveries });
  const ofEvent = deliveries.ofEvent.bind(deliveries);
  let each = 900;
  deliveries.ofEvent = (...args) => slowly(b.clock, each, ofEvent(...args));
  await event(b, 1_000);
  await deliveries.append(Array.from({ length: 200 }, (_, at) => successRow({ subscription: `sub_${at}` })));
  const before = b.clock.now();
  const part = await b.call('GET', '/v1/events/evt_1');
  assert.equal(part.status, 200);
  assert.ok(b.clock.now() - before <= 5_000);
  assert.equal(part.body.deliveriesIncomplete, true);
  const { succeeded, pending } = part.body.deliveries as { succeeded: number; pending: number };
  assert.ok(succeeded > 10 && succeeded < 100, String(succeeded));
  assert.equal(pending, 0, 'what was not looked at is not said to wait');
  assert.ok(part.text.endsWith(',"data":{"digits":9007199254740993}}'));
  each = 0;
  const whole = await b.call('GET', '/v1/events/evt_1');
  assert.equal(whole.body.deliveriesIncomplete, undefined);
  assert.deepEqual(
    [whole.body.deliveries].map((counts) => [
      (counts as { succeeded: number }).succeeded,
      (counts as { pending: number }).pending,
    ]),
    [[200, 800]],
  );
});

/** Dead letters of so many subscriptions, two of every other one. */
async function letters(to: FakeDeadLetters, at: number, subscriptions: number): Promise<void> {
  for (let i = 0; i < subscriptions; i++) {
    const id = `${'s'.repeat(120)}${i}`;
    for (const event of ['evt_1', 'evt_2'].slice(i % 2)) {
      const { delivery } = deliveryRow({ event, subscription: id });
      const envelope = eventEnvelope({ id: event, acceptedAt: at });
      const dead = { at, reason: 'exhausted', lastStatus: 500, lastError: null } as const;
      await to.record(deadLetter({ event: envelope, targets: [id], dead }), delivery);
    }
  }
}

test('C098: the summary of dead letters of very many subscriptions shows the largest counts, and says that there are more', async () => {
  const b = new ManageBench();
  await letters(b.deadLetters, b.clock.now(), 25_000);
  const { status, body, text } = await b.call('GET', '/v1/dead-letters/summary');
  assert.equal(status, 200);
  assert.equal(body.incomplete, true);
  const data = body.data as { count: number }[];
  assert.ok(Buffer.byteLength(text) > LIST.maxBytes - 32 * 1024);
  assert.ok(data.length > 10_000 && data.slice(0, 10_000).every(({ count }) => count === 2));
});

test('C098: the summary of dead letters that take long to read is answered in five seconds, and says so', async () => {
  const clock = new FakeClock();
  const deadLetters = new FakeDeadLetters();
  const entries = deadLetters.entries.bind(deadLetters);
  let each = 900;
  deadLetters.entries = (...args) => slowly(clock, each, entries(...args));
  const b = new ManageBench({ deadLetters, clock });
  await letters(deadLetters, clock.now(), 20);
  const before = clock.now();
  const part = await b.call('GET', '/v1/dead-letters/summary');
  assert.ok(clock.now() - before <= 5_000);
  assert.equal(part.body.incomplete, true);
  const total = (data: unknown) => (data as { count: number }[]).reduce((sum, { count }) => sum + count, 0);
  assert.ok(total(part.body.data) > 5 && total(part.body.data) < 30);
  each = 0;
  const whole = await b.call('GET', '/v1/dead-letters/summary');
  assert.equal(whole.body.incomplete, undefined);
  assert.equal(total(whole.body.data), 30);
});

test('C098: all examples together are bounded as all schemas are, because a list of types reads every one', async () => {
  const b = new ManageBench();
  const put = (type: string, example: string) =>
    b.call('PUT', `/v1/event-types/${type}`, { description: 'd', example }, 'admin');
  const big = 'x'.repeat(250_000);
  const most = Math.floor(EVENT_TYPE.maxExampleBytesTogether / (big.length + 2));
  for (let at = 0; at < most; at++) assert.equal((await put(`type_${at}`, big)).status, 200);
  const refused = await put('one_more', big);
  assert.equal(refused.status, 409);
  assert.equal(refused.body.type, '/problems/quota-exceeded');
  assert.match(
    String(refused.body.detail),
    /^The examples of all event types may have 4194304 bytes together/,
  );
  assert.equal((await put('type_0', big)).status, 200, 'one that is replaced counts once');
  assert.equal((await put('small', 'x')).status, 200);
});
