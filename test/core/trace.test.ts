import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeDeliveryMessage } from '../../core/message.ts';
import { traceContextOf, traceIdOf, traceparentOf, tracestateOf } from '../../core/trace.ts';
import { eventEnvelope } from '../support/delivery-messages.ts';
import { deliveryRow } from '../support/delivery-rows.ts';
import { answer, DispatchWorld, received } from '../support/dispatch-world.ts';
import { ingestBench } from '../support/ingest-bench.ts';
import { ManageBench } from '../support/manage-bench.ts';
import { ReplayWorld } from '../support/replay-world.ts';
import { subscription } from '../support/subscription.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const ID = '4bf92f3577b34da6a3ce929d0e0e4736';

test('a trace context that is not well-formed is dropped', () => {
  assert.equal(traceparentOf(` ${TRACE} `), TRACE);
  for (const bad of [
    undefined,
    '',
    'x',
    TRACE.toUpperCase(),
    TRACE.replace('00-', '01-'),
    `${TRACE}-more`,
    TRACE.replace(ID, '0'.repeat(32)),
    `00-${ID}-${'0'.repeat(16)}-01`,
    `${TRACE}\r\nx: y`,
  ]) {
    assert.equal(traceparentOf(bad), null, String(bad));
  }
  assert.equal(traceIdOf(TRACE), ID);
  assert.equal(traceIdOf(undefined), undefined);
});

test('the trace context of a request travels with each of its events, and its id is in the line', async () => {
  const bench = ingestBench();
  await bench.post('[{"type":"a.b","data":1},{"type":"a.b","data":2}]', { traceparent: TRACE });
  await bench.post('{"type":"a.b","data":3}', { traceparent: 'nonsense' });
  assert.deepEqual(
    bench.messages().map(({ header }) => header.event.trace),
    [TRACE, TRACE, undefined],
  );
  assert.deepEqual(
    bench.log.of('ingest.accepted').map(({ fields }) => fields.traceId),
    [ID, undefined],
  );
});

test('a subscriber gets the trace context on each attempt, and none when there was none', async () => {
  const world = new DispatchWorld();
  await world.subscriptions.create(subscription());
  world.respond = () => answer(500);
  await world.run([received(['sub_1'], { event: eventEnvelope({ trace: TRACE }) })]);
  const [next] = world.next;
  assert.equal(next?.event.trace, TRACE);
  await world.run([received(['sub_1'], next)]);
  await world.run([received(['sub_1'], { event: eventEnvelope({ id: 'evt_2' }) })]);
  assert.deepEqual(
    world.requests.map(({ headers }) => headers.traceparent),
    [TRACE, TRACE, undefined],
  );
  assert.equal(world.lines.of('dispatch.attempted')[0]?.fields.traceId, ID);
});

test('an attempt by hand and one of a replay have the trace context that the event came with', async () => {
  const bench = new ManageBench();
  const { store } = bench;
  await store.create(subscription());
  const event = eventEnvelope({ trace: TRACE });
  await bench.events.own({ ...event, data: '1', requestId: 'r', matched: 1, shards: 1 });
  const row = deliveryRow({ createdAt: event.acceptedAt });
  await bench.deliveries.append([row]);
  assert.equal((await bench.call('POST', `/v1/deliveries/${row.delivery}/retry`)).status, 202);
  assert.deepEqual(
    bench.deliveryQueue.bodies.map((body) => decodeDeliveryMessage(body).header.event),
    [event],
  );

  const world = new ReplayWorld();
  await world.subscriptions.create(subscription({ createdAt: world.began }));
  await world.event('traced', ['sub_1'], 'order.created', TRACE);
  await world.event('plain');
  await world.replay();
  await world.settle();
  const traces = (id: string) =>
    world.requests.flatMap(({ headers }) => (headers['webhook-id'] === id ? [headers.traceparent] : []));
  assert.deepEqual(
    [traces('traced'), traces('plain')],
    [
      [TRACE, TRACE],
      [undefined, undefined],
    ],
  );
});

test('C111: a tracestate is handed on in its normal form, or dropped where the standard says it is none', () => {
  const long = Array.from({ length: 20 }, (_, i) => `v${i}=${'x'.repeat(40)}`);
  for (const [header, value] of [
    ['vendor=abc', 'vendor=abc'],
    [' a=1 ,\tb=2 ', 'a=1,b=2'],
    ['a=1,,b=2', 'a=1,b=2'],
    ['tenant@system=x y!', 'tenant@system=x y!'],
    ['1a@sys=v', '1a@sys=v'],
    [long.join(), long.slice(0, 11).join()],
    [
      Array.from({ length: 32 }, (_, i) => `v${i}=x`).join(),
      Array.from({ length: 32 }, (_, i) => `v${i}=x`).join(),
    ],
    [Array.from({ length: 33 }, (_, i) => `v${i}=x`).join(), null],
    ['a=1,a=2', null],
    ['A=1', null],
    ['a', null],
    ['a=', null],
    ['=1', null],
    ['a=b=c', null],
    ['a=ü', null],
    ['a=b\r\nx: y', null],
    ['', null],
    [undefined, null],
  ] as const)
    assert.equal(tracestateOf(header), value, header);
});

test('C111: a tracestate without a usable traceparent is dropped', () => {
  assert.deepEqual(traceContextOf({ tracestate: 'a=1' }), {});
  assert.deepEqual(traceContextOf({ traceparent: 'nonsense', tracestate: 'a=1' }), {});
  assert.deepEqual(traceContextOf({ traceparent: TRACE, tracestate: 'A' }), { trace: TRACE });
});
